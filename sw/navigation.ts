/**
 * Navigations that are not the app's: a path that names a file (`/box.json`, `/models/x.onnx`) goes to the network. Only the
 * path counts, so that what someone shares to `/?share_text=a.b` still opens the app.
 */
export const NOT_THE_APP = [/^[^?]*\/[^/?]+\.[^/?.]+(?:\?|$)/]

export const isAppNavigation = (pathAndQuery: string): boolean => !NOT_THE_APP.some((pattern) => pattern.test(pathAndQuery))
