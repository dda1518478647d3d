// The package's own types bring in those of a window, which a worker has not; what it exports is looked at before it is used.
declare module 'web-serial-polyfill' {
  export const serial: unknown
}
