/** Set by the build: the version in package.json. */
declare const __APP_VERSION__: string

interface ServiceWorkerGlobalScope {
  /** Filled in by the build: every file of the app with the hash of its content. */
  readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[]
}
