import { afterAll, expect, jest, spyOn, test } from 'bun:test'

jest.useFakeTimers()
const collect = spyOn(Bun, 'gc').mockImplementation(() => undefined)

afterAll(() => {
  collect.mockRestore()
  jest.useRealTimers()
})

test('garbage: it is collected once, after five idle seconds', async () => {
  const { collectWhenIdle } = await import('../host/base/idle')
  collectWhenIdle()
  jest.advanceTimersByTime(4_000)
  collectWhenIdle()
  jest.advanceTimersByTime(4_000)
  expect(collect).not.toHaveBeenCalled()
  jest.advanceTimersByTime(60_000)
  expect(collect).toHaveBeenCalledTimes(1)
})
