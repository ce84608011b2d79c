import { afterAll, expect, jest, spyOn, test } from 'bun:test'

jest.useFakeTimers()
const collect = spyOn(Bun, 'gc').mockImplementation(() => undefined)

afterAll(() => {
  collect.mockRestore()
  jest.useRealTimers()
})

test('garbage is collected once, when nothing has happened for five seconds', async () => {
  const { collectWhenIdle } = await import('../host/idle')
  collectWhenIdle()
  jest.advanceTimersByTime(4_000)
  collectWhenIdle()
  jest.advanceTimersByTime(4_000)
  expect(collect).not.toHaveBeenCalled()
  jest.advanceTimersByTime(60_000)
  expect(collect).toHaveBeenCalledTimes(1)
})
