// Finds what a program keeps between two calls, and has it tell: every variable that outlives the call that made it.
import ts from 'typescript'
import type { GuestCode } from './code'

/** A place in a program's text that may hold state. */
export type HeldVariable = { name: string; line: number; assigned: boolean }

/** A program that announces its scopes to the function `keep`, and what it announces. */
export type Inventory = { text: string; keep: string; held: HeldVariable[] }

/** A variable, by where it is declared. */
type Variable = { name: string; scope: Scope; captured: boolean; assigned: boolean; line: number }

type Scope = {
  parent: Scope | undefined
  variables: Map<string, Variable>
  /** The function whose call makes the scope. */
  owner: ts.Node
  /** Where what announces it is put. */
  entries: Entry[]
  /** Whether an arrow function inside has the `this` of this one. */
  capturesThis: boolean
}

/** A position where code can be put, and what has to stand around it. */
type Entry = { at: number; before: string; after: string; end?: number }

/** The name by which a program calls what collects its scopes; a program that has it already is refused. */
const KEEP = 'keep$scope'

/** The code with the inventory of its workflow; as it is where none can be taken: then it is evaluated afresh for every run. */
export function withInventory(code: GuestCode): GuestCode {
  const inventory = takeInventory(code.workflow.replace(/^\/\/.*\n/, ''))
  if ('unproved' in inventory) return { ...code, inventory: { afresh: inventory.unproved } }
  return { ...code, workflow: inventory.text, inventory: { keep: inventory.keep } }
}

/**
 * A script in strict mode, with a call of `keep` in every scope that has variables which functions inside of it use: a list of
 * pairs, a getter and, where it is assigned to, a setter. In an async function or a generator that runs, `keep` is called without.
 * Says instead what nothing can be told about: private names, `with`, direct `eval` and code that is loaded.
 */
export function takeInventory(text: string): Inventory | { unproved: string } {
  const file = ts.createSourceFile('workflow.js', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS)
  if (text.includes(KEEP)) return { unproved: `it says ${KEEP}` }
  const scopes: Scope[] = []
  const running: Entry[] = []
  const uses: { name: ts.Identifier; scope: Scope; owner: ts.Node }[] = []
  let unproved: string | undefined
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
  const refuse = (node: ts.Node, what: string): void => {
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file))
    unproved ??= `${what} at ${line + 1}:${character + 1}`
  }

  const open = (parent: Scope | undefined, owner: ts.Node, entries: Entry[]): Scope => {
    const scope = { parent, owner, entries, variables: new Map<string, Variable>(), capturesThis: false }
    scopes.push(scope)
    return scope
  }
  const declare = (scope: Scope, name: ts.BindingName | undefined): void => {
    if (name === undefined) return
    if (ts.isIdentifier(name)) {
      if (!scope.variables.has(name.text))
        scope.variables.set(name.text, { name: name.text, scope, captured: false, assigned: false, line: lineOf(name) })
    } else {
      for (const element of name.elements) if (ts.isBindingElement(element)) declare(scope, element.name)
    }
  }
  /** The variables of a function that `var` declares, whatever block they stand in. */
  const declareVars = (scope: Scope, node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)) return
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0)
      for (const { name } of node.declarations) declare(scope, name)
    ts.forEachChild(node, (child) => declareVars(scope, child))
  }
  /** What a list of statements declares for itself. */
  const declareStatements = (scope: Scope, statements: readonly ts.Statement[]): void => {
    for (const statement of statements) {
      if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) declare(scope, statement.name)
      else if (ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.BlockScoped) !== 0)
        for (const { name } of statement.declarationList.declarations) declare(scope, name)
    }
  }
  const intoBlock = (block: ts.Block | ts.ClassStaticBlockDeclaration['body']): Entry => ({
    at: block.getStart(file) + 1,
    before: '',
    after: ';',
  })
  const around = (node: ts.Node, before: string, after: string, end: string): Entry[] => [
    { at: node.getStart(file), before, after },
    { at: node.end, before: end, after: '', end: node.end },
  ]

  const visitFunction = (node: ts.SignatureDeclaration, outer: Scope): void => {
    const { body } = node as ts.FunctionLikeDeclaration
    if (body === undefined) return
    const entries = ts.isBlock(body) ? [intoBlock(body)] : around(body, '(', ',', ')')
    const scope = open(outer, node, entries)
    const named = ts.isFunctionExpression(node) ? node.name : undefined
    declare(scope, named)
    for (const { name } of node.parameters) declare(scope, name)
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
    const isAsync = modifiers.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
    if (isAsync || (node as ts.FunctionLikeDeclaration).asteriskToken !== undefined) running.push(...entries)
    for (const parameter of node.parameters) visitChildren(parameter, scope, node)
    if (ts.isBlock(body)) {
      declareVars(scope, body)
      declareStatements(scope, body.statements)
      for (const statement of body.statements) visit(statement, scope, node)
    } else visit(body, scope, node)
  }
  const visitClass = (node: ts.ClassLikeDeclaration, outer: Scope, owner: ts.Node): void => {
    let scope = outer
    if (ts.isClassExpression(node) && node.name !== undefined) {
      // The class itself is known to its own code only, by this name.
      const at = (node.members[0]?.getFullStart() ?? node.end - 1) as number
      scope = open(outer, node, [{ at, before: 'static{', after: '}' }])
      declare(scope, node.name)
    }
    for (const clause of node.heritageClauses ?? []) visit(clause, scope, owner)
    for (const member of node.members) {
      if (member.name !== undefined && ts.isComputedPropertyName(member.name)) visit(member.name, scope, owner)
      if (ts.isPropertyDeclaration(member)) {
        const { initializer } = member
        if (initializer === undefined) continue
        visit(initializer, open(scope, member, around(initializer, '(', ',', ')')), member)
      } else if (ts.isClassStaticBlockDeclaration(member)) {
        const block = open(scope, member, [intoBlock(member.body)])
        declareVars(block, member.body)
        declareStatements(block, member.body.statements)
        for (const statement of member.body.statements) visit(statement, block, member)
      } else visit(member, scope, owner)
    }
  }
  const visitLoop = (node: ts.ForStatement | ts.ForInOrOfStatement, outer: Scope, owner: ts.Node): void => {
    const list = node.initializer
    const declares = list !== undefined && ts.isVariableDeclarationList(list)
    const blockScoped = declares && (list.flags & ts.NodeFlags.BlockScoped) !== 0
    if (!blockScoped) return visitChildren(node, outer, owner)
    const { statement } = node
    const entries = ts.isBlock(statement) ? [intoBlock(statement)] : around(statement, '{', ';', '}')
    const scope = open(outer, owner, entries)
    for (const { name } of list.declarations) declare(scope, name)
    ts.forEachChild(node, (child) => {
      if (child !== statement && hasFunction(child)) refuse(child, 'a function in the head of a loop')
      visit(child, scope, owner)
    })
  }
  const visit = (node: ts.Node, scope: Scope, owner: ts.Node): void => {
    if (ts.isPrivateIdentifier(node)) return refuse(node, `the private name ${node.text}`)
    if (ts.isWithStatement(node)) return refuse(node, '`with`')
    if (node.kind === ts.SyntaxKind.ImportKeyword || ts.isMetaProperty(node)) {
      if (node.getText(file) !== 'new.target') refuse(node, node.getText(file))
      return
    }
    if (ts.isFunctionLike(node)) {
      if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node))
        return visitFunction(node, scope)
      if (node.name !== undefined && ts.isComputedPropertyName(node.name) && !ts.isClassLike(node.parent))
        visit(node.name, scope, owner)
      return visitFunction(node, scope)
    }
    if (ts.isClassLike(node)) return visitClass(node, scope, owner)
    if (ts.isForStatement(node) || ts.isForInStatement(node) || ts.isForOfStatement(node))
      return visitLoop(node, scope, owner)
    if (ts.isBlock(node)) {
      const block = open(scope, owner, [intoBlock(node)])
      declareStatements(block, node.statements)
      return visitChildren(node, block, owner)
    }
    if (ts.isCaseBlock(node)) {
      const statements = node.clauses.flatMap((clause) => [...clause.statements])
      const entries = node.clauses.flatMap(({ statements: [first] }) =>
        first === undefined ? [] : [{ at: first.getStart(file), before: '', after: ';' }],
      )
      const block = open(scope, owner, entries)
      declareStatements(block, statements)
      return visitChildren(node, block, owner)
    }
    if (ts.isCatchClause(node)) {
      const caught = open(scope, owner, [intoBlock(node.block)])
      declare(caught, node.variableDeclaration?.name)
      return visitChildren(node, caught, owner)
    }
    if (node.kind === ts.SyntaxKind.ThisKeyword) return noteThis(scope, owner)
    if (node.kind === ts.SyntaxKind.SuperKeyword) return noteThis(scope, owner)
    if (ts.isIdentifier(node) && isReference(node)) uses.push({ name: node, scope, owner })
    visitChildren(node, scope, owner)
  }
  const visitChildren = (node: ts.Node, scope: Scope, owner: ts.Node): void => {
    ts.forEachChild(node, (child) => visit(child, scope, owner))
  }
  /** `this` inside of an arrow function is that of the function around it, which then has to tell it. */
  const noteThis = (scope: Scope, owner: ts.Node): void => {
    if (!ts.isArrowFunction(owner)) return
    let at: Scope | undefined = scope
    while (at !== undefined && ts.isArrowFunction(at.owner)) at = at.parent
    while (at?.parent !== undefined && at.parent.owner === at.owner) at = at.parent
    if (at !== undefined) at.capturesThis = true
  }

  const whole = open(undefined, file, [{ at: 0, before: '', after: ';' }])
  declareVars(whole, file)
  declareStatements(whole, file.statements)
  for (const statement of file.statements) visit(statement, whole, file)
  for (const { name, scope, owner } of uses) {
    let at: Scope | undefined = scope
    while (at !== undefined && !at.variables.has(name.text)) at = at.parent
    const variable = at?.variables.get(name.text)
    if (variable === undefined) {
      if (name.text === 'eval') refuse(name, '`eval`')
      if (name.text === 'arguments' && ts.isArrowFunction(owner)) refuse(name, '`arguments` of another function')
      if (name.text === 'Function' && !isHarmlessFunction(name)) refuse(name, '`Function`')
      continue
    }
    if (variable.scope.owner !== owner) variable.captured = true
    if (isAssigned(name)) variable.assigned = true
  }
  if (unproved !== undefined) return { unproved }

  const held: HeldVariable[] = []
  const insertions: { at: number; text: string; closing: boolean }[] = []
  const insert = (entries: Entry[], call: string): void => {
    for (const { at, before, after, end } of entries)
      insertions.push({ at, text: end === undefined ? `${before}${call}${after}` : before, closing: end !== undefined })
  }
  for (const { variables, entries, capturesThis, owner } of scopes) {
    const captured = [...variables.values()].filter((variable) => variable.captured)
    if (owner === file) continue
    const pairs = captured.map(({ name, assigned }) => (assigned ? `[()=>${name},(v)=>{${name}=v}]` : `[()=>${name}]`))
    if (capturesThis) pairs.push('[()=>this]')
    if (pairs.length === 0) continue
    held.push(...captured.map(({ name, line, assigned }) => ({ name, line, assigned })))
    insert(entries, `${KEEP}&&${KEEP}([${pairs.join(',')}])`)
  }
  insert(running, `${KEEP}&&${KEEP}()`)
  return { text: withInsertions(text, insertions), keep: KEEP, held }
}

/** Inserted from the end; where two stand at one place, the later one of the list is the inner one. */
function withInsertions(text: string, insertions: { at: number; text: string; closing: boolean }[]): string {
  const ordered = insertions
    .map((insertion, index) => ({ ...insertion, index }))
    .sort(
      (a, b) =>
        a.at - b.at || Number(b.closing) - Number(a.closing) || (a.closing ? b.index - a.index : a.index - b.index),
    )
  let result = ''
  let from = 0
  for (const { at, text: inserted } of ordered) {
    result += text.slice(from, at) + inserted
    from = at
  }
  return result + text.slice(from)
}

function hasFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node) || ts.isClassLike(node) || (ts.forEachChild(node, hasFunction) ?? false)
}

/** Whether an identifier stands for a variable's value, or is assigned to; a declaration with a value is neither. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isShorthandPropertyAssignment(parent)) return true
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false
  if (ts.isFunctionLike(parent) || ts.isClassLike(parent) || ts.isClassElement(parent))
    return (parent as ts.ArrowFunction).body === node || (parent as ts.PropertyDeclaration).initializer === node
  return true
}

/** Whether a reference is the target of an assignment, in a pattern or not. */
function isAssigned(name: ts.Identifier): boolean {
  let node: ts.Node = name
  for (;;) {
    const { parent } = node
    if (ts.isBinaryExpression(parent)) {
      const isAssignment =
        parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
        parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
      if (!isAssignment || parent.left !== node) return false
      return true
    }
    if (ts.isPrefixUnaryExpression(parent))
      return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    if (ts.isPostfixUnaryExpression(parent)) return true
    if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) return parent.initializer === node
    if (ts.isPropertyAssignment(parent) && parent.initializer !== node) return false
    const isPattern =
      ts.isParenthesizedExpression(parent) ||
      ts.isArrayLiteralExpression(parent) ||
      ts.isObjectLiteralExpression(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isShorthandPropertyAssignment(parent) ||
      ts.isSpreadElement(parent) ||
      ts.isSpreadAssignment(parent)
    if (!isPattern) return false
    node = parent
  }
}

/** `Function.prototype` and `x instanceof Function` make no code. */
function isHarmlessFunction(name: ts.Identifier): boolean {
  const { parent } = name
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name && parent.name.text === 'prototype'
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
}
