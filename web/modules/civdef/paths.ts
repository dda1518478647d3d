export const ALERTS = '/alerts'
export const PLACE = '/alerts/place'
export const BRING_IN = '/alerts/bring-in'
export const ONE_ALERT = '/alerts/read'

/** The key of an official warning is any text, so it stands in the query: a path would have to be cut at its slashes. */
export const alertPath = (key: string): string => `${ONE_ALERT}?${new URLSearchParams({ key })}`
