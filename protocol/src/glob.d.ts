// the one bundler feature the contract relies on: finding module folders (Vite's import.meta.glob)
interface ImportMeta {
  glob<T>(pattern: string, options: { readonly eager: true; readonly import?: string }): Record<string, T>
  glob<T>(pattern: string, options: { readonly import: string }): Record<string, () => Promise<T>>
}
