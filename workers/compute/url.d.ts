// a file's address instead of its content (Vite's `?url`): the engine's WebAssembly and the script that loads it
declare module '*?url' {
  const address: string
  // biome-ignore lint/style/noDefaultExport: this is what the bundler gives
  export default address
}
