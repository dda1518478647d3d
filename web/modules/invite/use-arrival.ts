import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

/**
 * Goes on once the node says that this device is in a community now. Going on when founding or joining answers would be
 * too early: the page behind asks the same question, and until its answer has changed sends the person back here.
 * @param isMember null while that is not known
 */
export function useArrival(isMember: boolean | null, path: () => string): void {
  const [, navigate] = useLocation()
  const cameWithout = useRef(false)
  useEffect(() => {
    if (isMember === false) cameWithout.current = true
    if (!isMember || !cameWithout.current) return
    cameWithout.current = false
    navigate(path())
  }, [isMember, navigate, path])
}
