/** Everything a responder needs, from one page. */
export const DESK = '/alerts/desk'
export const COMPOSE = `${DESK}/new`
export const COSIGN = `${DESK}/cosign`
export const WALLET = `${DESK}/wallet`
export const CEREMONY = `${DESK}/wallet/ceremony`
export const HOLDERS = `${DESK}/wallet/holders`
export const ROOTS = `${DESK}/wallet/roots`
export const AUDIT = `${DESK}/audit`
export const DRILL = `${DESK}/drill`
export const FEED = `${DESK}/feed`
export const BOARD = `${DESK}/board/:id`

export const boardPath = (alertId: string): string => `${DESK}/board/${alertId}`
/** Compose an alert that takes the place of another (CIV-8). */
export const updatePath = (alertId: string): string => `${COMPOSE}?replaces=${alertId}`
export const draftPath = (draftId: string): string => `${COMPOSE}?draft=${draftId}`
export const drillPath = `${COMPOSE}?drill=1`
export const requestPath = (requestId: string): string => `${COSIGN}?request=${requestId}`
