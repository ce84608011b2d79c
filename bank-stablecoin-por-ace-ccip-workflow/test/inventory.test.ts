/**
 * A program that is evaluated once for all runs finds in none of them what another one has left, wherever it may keep something;
 * what nobody can look after is evaluated afresh. The places of the real workflow are those of its inventory.
 */
import { afterAll, describe, expect, test } from 'bun:test'
import path from 'node:path'
import { bundleGuestCode } from '../host/guest/code'
import { takeInventory, withInventory } from '../host/guest/inventory'
import { type GuestProcess, startGuest } from '../host/guest/process'
import { WORKFLOW_DIR } from './support/fixture'

const guestUrl = path.join(WORKFLOW_DIR, 'host/guest/guest.ts')
const NOTHING_SHARED = '(function(exports, require, module) {module.exports={modules:{}}})'

const started: GuestProcess[] = []
afterAll(() => Promise.all(started.map((guest) => guest.stop())))

type Code = Awaited<ReturnType<typeof bundleGuestCode>>['code']

/** A guest with this code, and what each of its runs says in one line. */
async function load(code: Code) {
  const guest = startGuest({ name: 'guest', guestUrl, program: { engine: 'bun', code }, capabilities: [] })
  started.push(guest)
  await guest.ready()
  const run = (): Promise<string> => {
    const said: string[] = []
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    guest.setListener({
      onMessage: (message) => {
        if (message.op === 'log') said.push(message.text)
        if (message.op === 'finished') resolve(message.error ?? said.join('\n'))
      },
      onCrash: (reason) => reject(new Error(reason)),
    })
    guest.send({ op: 'execute', request: new Uint8Array() })
    return promise
  }
  return { guest, run }
}

/** The body of a program that has `visit` tell how often it was there, and leave word that it was. */
const program = (body: string): Code =>
  withInventory({
    shared: NOTHING_SHARED,
    workflow: `(function(exports, require, module) {${body};module.exports={main:async()=>log(String(visit()))}})`,
  })

/** Where a program may keep how often it was called. */
const PLACES: Record<string, string> = {
  'a variable': 'let n=0;const visit=()=>n++',
  'a variable that is assigned to in a pattern': 'let n=0,m=[];const visit=()=>{const was=n;[n,...m]=[n+1];return was}',
  'a variable of a loop': 'const all=[];for(let n=0;n<1;){all.push(()=>n++);break}const visit=()=>all[0]()',
  'a variable of a loop without a block':
    'const all=[];for(const o of [{n:0}])all.push(()=>o.n++);const visit=()=>all[0]()',
  'a variable of a block': 'let visit;{let n=0;visit=()=>n++}',
  'a variable of a case': 'let visit;switch(1){case 0:let o;case 1:let n=0;visit=()=>n++}',
  'a caught value': 'let visit;try{throw {n:0}}catch(e){visit=()=>e.n++}',
  'a closure': 'const make=()=>{let n=0;return()=>n++};const visit=make()',
  'a closure of a parameter': 'const make=(n)=>()=>n++;const visit=make(0)',
  'a closure of a pattern': 'const make=({n})=>()=>n++;const visit=make({n:0})',
  'a closure of an expression': 'const visit=((o)=>()=>o.n++)({n:0})',
  'a closure of a function that was called twice': 'const make=()=>{let n=0;return()=>n++};make();const visit=make()',
  'a closure of a default': 'const make=(n=0,f=()=>n++)=>f;const visit=make()',
  'a method': 'const o={n:0,visit(){return this.n++}};const visit=()=>o.visit()',
  '`this` of an arrow function': 'function Made(){this.n=0;return()=>this.n++}const visit=new Made()',
  '`this` of a field': 'class A{n=0;visit=()=>this.n++}const {visit}=new A()',
  '`super` of an arrow function':
    'class A{get n(){return this.m}}class B extends A{m=0;go(){return()=>{this.m++;return super.n-1}}}const visit=new B().go()',
  'an object': 'const o={n:0};const visit=()=>o.n++',
  'an object without a prototype': 'const o=Object.create(null);o.n=0;const visit=()=>o.n++',
  'a new property': 'const o={};const visit=()=>{const was=o.n??0;o.n=was+1;return was}',
  'a deleted property': 'const o={n:0};const visit=()=>{const was="n" in o?0:1;delete o.n;return was}',
  'a property by a symbol': 'const key=Symbol(),o={[key]:0};const visit=()=>o[key]++',
  'an accessor': 'let n=0;const o={get next(){return n++}};const visit=()=>o.next',
  'a new accessor': 'const o={n:0};const visit=()=>{const was=o.n;Object.defineProperty(o,"n",{get:()=>1});return was}',
  'a prototype': 'const o={},found={n:1};const visit=()=>{const was=o.n??0;Object.setPrototypeOf(o,found);return was}',
  'an array': 'const all=[];const visit=()=>all.push(1)-1',
  'an array that shrinks': 'const all=[0,1];const visit=()=>all.shift()',
  'a typed array': 'const all=new Uint8Array(4);const visit=()=>all[0]++',
  'a map': 'const all=new Map();const visit=()=>{all.set(all.size,1);return all.size-1}',
  'an object in a map': 'const all=new Map([["a",{n:0}]]);const visit=()=>all.get("a").n++',
  'a set': 'const all=new Set();const visit=()=>all.add(all.size).size-1',
  'a weak map':
    'const key={},all=new WeakMap([[key,0]]);const visit=()=>{const was=all.get(key);all.set(key,was+1);return was}',
  'a map of a closure': 'const visit=(()=>{const all=new Map();return()=>all.set(all.size,1).size-1})()',
  'a map of its own kind': 'class Mine extends Map{}const all=new Mine();const visit=()=>all.set(all.size,1).size-1',
  'where a search stands': 'const sought=/a/g;const visit=()=>{const at=sought.lastIndex;sought.exec("aaa");return at}',
  'a class': 'class A{static n=0}const visit=()=>A.n++',
  'a class known to itself': 'const visit=(class A{static n=0;static visit(){return A.n++}}).visit',
  'the prototype of a class': 'class A{}const visit=()=>{const was=A.prototype.n??0;A.prototype.n=was+1;return was}',
  'an instance': 'class A{n=0;go(){return this.n++}}const one=new A();const visit=()=>one.go()',
  'a block of a class': 'let visit;class A{static{let n=0;visit=()=>n++}}',
  'a function': 'function visit(){return visit.n=(visit.n??-1)+1}',
  'an arrow function': 'const visit=()=>visit.n=(visit.n??-1)+1',
  'what is bound': 'const visit=(function(){return this.n++}).bind({n:0})',
  'what is bound by other means':
    'const visit=Reflect.apply(Function.prototype.bind,function(o){return o.n++},[null,{n:0}])',
  'what is behind a proxy': 'const o=new Proxy({n:0},{});const visit=()=>o.n++',
  'how a proxy answers': 'const handler={n:0,get(){return this.n++}},o=new Proxy({},handler);const visit=()=>o.any',
  'the collections of all': 'const visit=()=>{const was=Map.prototype.n??0;Map.prototype.n=was+1;return was}',
  'what is left for later': 'let n=0;Promise.resolve().then(()=>n++);const visit=()=>n++-1',
}

/** What nobody can look after, and what is said of it. */
const AFRESH: Record<string, { body: string; reason: RegExp }> = {
  'a private field': {
    body: 'class A{#n=0;go(){return this.#n++}}const one=new A();const visit=()=>one.go()',
    reason: /private name #n at 1:/,
  },
  'a date': {
    body: 'const d=new Date(0);const visit=()=>{const was=d.getTime();d.setTime(was+1);return was}',
    reason: /holds Date/,
  },
  'a generator': {
    body: 'const g=(function*(){for(let n=0;;)yield n++})();const visit=()=>g.next().value',
    reason: /holds/,
  },
  'an iterator': { body: 'const all=[0,1,2].values();const visit=()=>all.next().value', reason: /holds/ },
  'bytes without a view': {
    body: 'const b=new ArrayBuffer(1);const visit=()=>new Uint8Array(b)[0]++',
    reason: /holds ArrayBuffer/,
  },
  'a promise': {
    body: 'const p=new Promise(()=>{});const visit=()=>{const was=p.n??0;p.n=was+1;return was}',
    reason: /holds Promise/,
  },
  'an asynchronous function': { body: 'let n=0;(async()=>{await 0;n=0})();const visit=()=>n++', reason: /suspended/ },
  'code that is made of text': { body: 'const visit=globalThis["ev"+"al"]("let n=0;()=>n++")', reason: /made of text/ },
  'a function that is made of text': {
    body: 'const visit=(()=>{}).constructor("let n=0;return()=>n++")()',
    reason: /made of text/,
  },
  '`eval`': { body: 'const visit=eval("let n=0;()=>n++")', reason: /`eval` at/ },
  'a changed intrinsic object': {
    body: 'Array.prototype.n=0;const visit=()=>{const was=[].n;Array.prototype.n=was+1;return was}',
    reason: /changes Array/,
  },
  'a map that is none of ours': {
    body: 'const all=Map.groupBy([1],()=>0);const visit=()=>{all.set(all.size,1);return all.size-2}',
    reason: /holds Map/,
  },
}

describe('inventory: a program keeps nothing in', () => {
  const visits = async (body: string) => {
    const { guest, run } = await load(program(body))
    const told: string[] = []
    for (let visit = 0; visit < 3; visit++) {
      told.push(await run())
      await guest.renew()
    }
    return { guest, told }
  }

  test.each(Object.keys(PLACES))('%s', async (place) => {
    const { guest, told } = await visits(PLACES[place] ?? '')
    expect(told).toEqual(['0', '0', '0'])
    // A guest that had ended, or had begun anew, would have kept nothing either.
    expect({ afresh: guest.afresh(), stopped: guest.stopped() }).toEqual({ afresh: undefined, stopped: false })
  })

  test.each(Object.keys(AFRESH))('%s, for it is evaluated afresh', async (place) => {
    const { body = '', reason = /^/ } = AFRESH[place] ?? {}
    const { guest, told } = await visits(body)
    expect(told).toEqual(['0', '0', '0'])
    expect(guest.afresh()).toMatch(reason)
    expect(guest.stopped()).toBe(false)
  })

  test('a shared package but what it changed while it was evaluated', async () => {
    const id = 'shared:node_modules/zod/index.js'
    const { guest, run } = await load({
      ...program(`const {state}=require("${id}");state.n=5;const visit=()=>state.n++`),
      shared: `(function(exports, require, module) {module.exports={modules:{"${id}":{state:{n:0}}}}})`,
    })
    for (let visit = 0; visit < 3; visit++) {
      expect(await run()).toBe('5')
      await guest.renew()
    }
    expect({ afresh: guest.afresh(), stopped: guest.stopped() }).toEqual({ afresh: undefined, stopped: false })
  })

  test('anything between two runs that nobody puts back', async () => {
    for (const [place, body] of Object.entries(PLACES)) {
      const { run } = await load(program(body))
      expect({ place, first: await run() }).toEqual({ place, first: '0' })
      expect({ place, second: await run() }).not.toEqual({ place, second: '0' })
    }
  })
})

/**
 * In the place of the workflow's `main`: looks at every variable of the inventory and every object that they lead to for what was
 * left there, and leaves it in all of them.
 */
const SEARCH = `;{
  const LEFT='left in an earlier run'
  const isObject=(value)=>typeof value==='object'&&value!==null||typeof value==='function'
  const attempt=(work)=>{try{return work()}catch{return false}}
  const reach=(roots,without)=>{
    const found=new Set(),open=[...roots]
    while(open.length>0){
      const one=open.pop()
      if(!isObject(one)||found.has(one)||without.has(one)||spy$opaque.has(one)||one===globalThis.Bun)continue
      found.add(one)
      for(const key of Reflect.ownKeys(one)){
        const {value,get,set}=Reflect.getOwnPropertyDescriptor(one,key)
        open.push(value,get,set)
      }
      open.push(Reflect.getPrototypeOf(one))
      if(one instanceof Map)attempt(()=>open.push(...[...one].flat()))
      if(one instanceof Set)attempt(()=>open.push(...one))
    }
    return found
  }
  const search=()=>{
    const native=reach([globalThis],new Set())
    const values=spy$pairs.map(([get])=>attempt(()=>get()))
    const objects=reach(values,native)
    let found=values.filter((value)=>value===LEFT).length,left=0
    for(const one of objects){
      if(Reflect.ownKeys(one).some((key)=>Reflect.getOwnPropertyDescriptor(one,key).value===LEFT))found++
      if((one instanceof Map||one instanceof Set)&&attempt(()=>one.has(LEFT)))found++
    }
    log(JSON.stringify({variables:spy$pairs.length,assigned:spy$pairs.filter(([,set])=>set).length,objects:objects.size,found}))
    for(const one of objects){
      if(one instanceof Map)attempt(()=>one.set(LEFT,LEFT))
      if(one instanceof Set)attempt(()=>one.add(LEFT))
      for(const key of Reflect.ownKeys(one)){
        const {value,writable}=Reflect.getOwnPropertyDescriptor(one,key)
        if(writable&&!isObject(value)&&!(Array.isArray(one)&&key==='length'))attempt(()=>Reflect.set(one,key,LEFT))
      }
      attempt(()=>Reflect.set(one,'left',LEFT))
    }
    for(const [,set] of spy$pairs)attempt(()=>set?.(LEFT))
  }
  module.exports={main:async()=>search()}
}`
/** Has the program's announcements told to the search as well. */
const SPY = `
  const spy$pairs=[],spy$opaque=new WeakSet(),spy$tell=keep$scope
  function spy$Proxy(...both){const one=new Proxy(...both);spy$opaque.add(one);return one}
  keep$scope=(pairs)=>{if(pairs)spy$pairs.push(...pairs);spy$tell?.(pairs)}
`

test('inventory: nothing is left in any place of the workflow', async () => {
  const { code } = await bundleGuestCode(WORKFLOW_DIR)
  const inventoried = withInventory(code)
  expect(inventoried.inventory).toEqual({ keep: 'keep$scope' })
  const inventory = takeInventory(code.workflow.replace(/^\/\/.*\n/, ''))
  if ('unproved' in inventory) throw new Error(inventory.unproved)
  const { workflow } = inventoried
  const [body, end] = [workflow.indexOf('{') + 1, workflow.lastIndexOf('})')]
  const text = `${workflow.slice(0, body)}${SPY}${workflow.slice(body, end).replaceAll('new Proxy(', 'new spy$Proxy(')}${SEARCH}${workflow.slice(end)}`
  const { guest, run } = await load({ ...inventoried, workflow: text })
  expect(guest.afresh()).toBeUndefined()
  for (let visit = 0; visit < 4; visit++) {
    const line = await run()
    if (!line.startsWith('{')) throw new Error(`run ${visit}: ${line}`)
    const told = JSON.parse(line) as { variables: number; assigned: number; objects: number; found: number }
    expect(told.found).toBe(0)
    expect(told.variables).toBeGreaterThanOrEqual(inventory.held.length / 2)
    expect(told.assigned).toBeGreaterThan(0)
    expect(told.objects).toBeGreaterThan(1_000)
    await guest.renew()
  }
  expect({ afresh: guest.afresh(), stopped: guest.stopped() }).toEqual({ afresh: undefined, stopped: false })
  await run()
  expect((JSON.parse(await run()) as { found: number }).found).toBeGreaterThan(1_000)
})
