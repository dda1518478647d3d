import { useEffect, useState } from 'react'

/** The time, moved on every half minute: "in 2 minutes" must not stand still. @returns ms since 1970. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
