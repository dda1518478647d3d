import { afterEach, describe, expect, it } from 'vitest'
import { keepFocusOfBusy } from './focus.ts'

const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))

describe('a button that waits for its call', () => {
  let stop = (): void => undefined
  afterEach(() => {
    stop()
    document.body.replaceChildren()
  })

  function twoButtons(): readonly [HTMLButtonElement, HTMLButtonElement] {
    const [pressed, other] = [document.createElement('button'), document.createElement('button')]
    document.body.append(pressed, other)
    return [pressed, other]
  }

  it('has the focus again when it can be pressed again', async () => {
    stop = keepFocusOfBusy(document)
    const [pressed] = twoButtons()
    pressed.focus()
    pressed.disabled = true
    await frame()
    expect(document.activeElement).not.toBe(pressed)
    pressed.disabled = false
    await frame()
    expect(document.activeElement).toBe(pressed)
  })

  it('leaves the focus where the person has taken it meanwhile', async () => {
    stop = keepFocusOfBusy(document)
    const [pressed, other] = twoButtons()
    pressed.focus()
    pressed.disabled = true
    await frame()
    other.focus()
    pressed.disabled = false
    await frame()
    expect(document.activeElement).toBe(other)
  })

  it('takes no focus that it did not have', async () => {
    stop = keepFocusOfBusy(document)
    const [pressed] = twoButtons()
    pressed.disabled = true
    await frame()
    pressed.disabled = false
    await frame()
    expect(document.activeElement).toBe(document.body)
  })
})
