import { useComputedColorScheme } from '@mantine/core'
import { type RefCallback, useCallback, useEffect, useState } from 'react'
import { useLanguage, useText } from '../../../kit/i18n.tsx'
import { boxLayers } from './box-maps.ts'
import type { Chart, ChartOptions } from './chart.ts'
import { degreesIn } from './degrees.ts'
import { messages } from './messages.ts'

interface Opened {
  /** For the element that the map stands in. */
  readonly element: RefCallback<HTMLElement>
  /** null until it is there. */
  readonly chart: Chart | null
  /** It cannot be loaded: no network, and not kept on this device. */
  readonly isMissing: boolean
  /** Whether something lies below the points, and who made it. */
  readonly hasTiles: boolean
  readonly credits: readonly string[]
}

/** A map in an element, loaded when that is there and closed with it; anew in another language or other colours. @param describedBy id of what says how it is used */
export function useChart(hand: ChartOptions['hand'], describedBy: string): Opened {
  const { language } = useLanguage()
  const { label, closer, further } = useText(messages)
  const scheme = useComputedColorScheme('light')
  const [host, setHost] = useState<HTMLElement | null>(null)
  const [chart, setChart] = useState<Chart | null>(null)
  const [isMissing, setMissing] = useState(false)
  const [credits, setCredits] = useState<readonly string[] | null>(null)
  const element = useCallback((next: HTMLElement | null) => setHost(next), [])

  useEffect(() => {
    if (!host) return
    let opened: Chart | null = null
    let isGone = false
    const words = { label, closer, further, degrees: (value: number) => degreesIn(language, value) }
    const layers = () => boxLayers(scheme, language)
    import('./chart.ts').then(
      ({ openChart }) => {
        if (isGone) return
        // Leaflet keeps what it put into an element: each map gets one of its own
        const place = host.appendChild(document.createElement('div'))
        opened = openChart(place, { hand, words, describedBy, layers, onCredits: setCredits })
        setChart(opened)
      },
      () => setMissing(true),
    )
    return () => {
      isGone = true
      opened?.close()
      host.replaceChildren()
      setChart(null)
      setCredits(null)
    }
  }, [host, hand, scheme, language, label, closer, further, describedBy])

  return { element, chart, isMissing, hasTiles: credits !== null, credits: credits ?? [] }
}
