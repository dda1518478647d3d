import { useEffect, useState } from 'react'
import { checkReport, type Report } from '#protocol/protocol/report.ts'

/** Verifies a report here, in the window, without asking the node that made it (CONF-4). */
export function useGenuine(report: Report): 'checking' | 'yes' | 'no' {
  const [known, setKnown] = useState<{ readonly of: string; readonly genuine: boolean } | null>(null)
  const { signature } = report.summary
  useEffect(() => {
    let current = true
    const settle = (genuine: boolean) => () => {
      if (current) setKnown({ of: signature, genuine })
    }
    checkReport(report).then(settle(true), settle(false))
    return () => {
      current = false
    }
  }, [report, signature])
  return known?.of === signature ? (known.genuine ? 'yes' : 'no') : 'checking'
}
