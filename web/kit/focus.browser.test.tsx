import { MantineProvider } from '@mantine/core'
import { type ReactNode, type RefObject, useRef } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import type { QueryState } from '../port/hooks.ts'
import { keepFocusOfBusy, useFocusKept, useFocusOn } from './focus.ts'
import { LanguageProvider } from './i18n.tsx'
import { QueryView } from './query-view.tsx'

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

function Row({ name, list }: { readonly name: string; readonly list: RefObject<HTMLElement | null> }) {
  const kept = useFocusKept(list)
  return (
    <li {...kept}>
      <button type="button">{name}</button>
    </li>
  )
}

function Rows({ names }: { readonly names: readonly string[] }) {
  const list = useRef<HTMLUListElement>(null)
  return (
    <ul ref={list} tabIndex={-1}>
      {names.map((name) => (
        <Row key={name} name={name} list={list} />
      ))}
    </ul>
  )
}

function Steps({ step }: { readonly step: string }) {
  const part = useFocusOn<HTMLElement>(step)
  return (
    <section ref={part} tabIndex={-1}>
      <button type="button" key={step}>
        {step}
      </button>
    </section>
  )
}

type Answer = QueryState<readonly string[]>
const refused: Answer = { status: 'failed', error: new HearthError('timeout', 'nobody answers'), retry: () => undefined }
const ready = (...data: string[]): Answer => ({ status: 'ready', data, refreshing: false })

const Name = ({ name }: { readonly name: string }) => <button type="button">{name}</button>

function Asked({ query }: { readonly query: Answer }) {
  return (
    <MantineProvider>
      <LanguageProvider>
        <button type="button">elsewhere</button>
        <section aria-label="asked">
          <QueryView query={query} isEmpty={(names) => names.length === 0} empty={<p>nothing</p>}>
            {(names) => names.map((name) => <Name key={name} name={name} />)}
          </QueryView>
        </section>
      </LanguageProvider>
    </MantineProvider>
  )
}

describe('a part of a page that changes', () => {
  let root: Root | null = null
  afterEach(() => {
    root?.unmount()
    root = null
    document.body.replaceChildren()
  })

  function show(part: ReactNode): void {
    if (!root) {
      const place = document.createElement('div')
      document.body.append(place)
      root = createRoot(place)
    }
    flushSync(() => root?.render(part))
  }

  const focusOn = (name: string): void =>
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.focus()

  it('gives the focus to the list when the row goes that had it', async () => {
    show(<Rows names={['one', 'two']} />)
    focusOn('two')
    show(<Rows names={['one']} />)
    await expect.poll(() => document.activeElement?.tagName).toBe('UL')
  })

  it('takes no focus when another row goes', async () => {
    show(<Rows names={['one', 'two']} />)
    focusOn('two')
    focusOn('one')
    show(<Rows names={['one']} />)
    await frame()
    expect(document.activeElement?.textContent).toBe('one')
  })

  const isInPart = (): boolean => document.querySelector('section')?.contains(document.activeElement) ?? false
  const pressAgain = (): void => document.querySelector<HTMLElement>('section button')?.focus()

  it('that asks the node keeps the focus while it asks again, and when it is refused again or has its answer', async () => {
    show(<Asked query={refused} />)
    pressAgain()
    expect(isInPart()).toBe(true)
    for (const query of [{ status: 'loading' } as const, refused, { status: 'loading' } as const, ready('one')]) {
      show(<Asked query={query} />)
      await expect.poll(isInPart).toBe(true)
      await frame()
      expect(isInPart()).toBe(true)
    }
  })

  it('that asks the node keeps the focus when its last row goes', async () => {
    show(<Asked query={ready('one')} />)
    focusOn('one')
    show(<Asked query={ready()} />)
    await expect.poll(isInPart).toBe(true)
  })

  it('that asks the node takes no focus that was elsewhere', async () => {
    show(<Asked query={refused} />)
    pressAgain()
    expect(isInPart()).toBe(true)
    focusOn('elsewhere')
    show(<Asked query={ready('one')} />)
    await frame()
    expect(document.activeElement?.textContent).toBe('elsewhere')
  })

  it('has the focus at the beginning of a step, but not before there was one', async () => {
    show(<Steps step="first" />)
    await frame()
    expect(document.activeElement).toBe(document.body)
    focusOn('first')
    show(<Steps step="second" />)
    await expect.poll(() => document.activeElement?.tagName).toBe('SECTION')
  })
})
