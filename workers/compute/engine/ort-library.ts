import type { Backend } from './backend.ts'
import { createOrtBackend, type OrtLibrary } from './ort-backend.ts'

/** What of the browser decides which build is loaded. */
export interface Surroundings {
  /** Whether a graphics card answers. */
  readonly hasAdapter: () => Promise<boolean>
  /** Whether WebAssembly can wait for promises by itself (JavaScript Promise Integration). */
  readonly canSuspend: boolean
  /** Whether threads may share memory. */
  readonly isolated: boolean
  readonly cores: number
}

export type Build = 'jspi' | 'asyncify' | 'plain'

/** 4.1 MB packed where promises are at hand, the larger one where they are not, and the plain one without a card. */
export const buildFor = (hasAdapter: boolean, canSuspend: boolean): Build =>
  hasAdapter ? (canSuspend ? 'jspi' : 'asyncify') : 'plain'

/** More threads than this slow small matrices down; without isolation there is one. */
const MOST_THREADS = 4
export const threadsFor = ({ isolated, cores }: Pick<Surroundings, 'isolated' | 'cores'>): number =>
  isolated ? Math.max(1, Math.min(MOST_THREADS, Math.floor(cores / 2))) : 1

interface Loaded {
  readonly library: OrtLibrary & { readonly env: { readonly webgpu?: { readonly device?: unknown } } }
  readonly mjs: string
  readonly wasm: string
}

/** Each build with the addresses of its two files; nothing of it is loaded before it is asked for. */
const BUILDS: Readonly<Record<Build, () => Promise<Loaded>>> = {
  jspi: async () => ({
    library: await import('onnxruntime-web/jspi'),
    mjs: (await import('onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url')).default,
    wasm: (await import('onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url')).default,
  }),
  asyncify: async () => ({
    library: await import('onnxruntime-web/webgpu'),
    mjs: (await import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url')).default,
    wasm: (await import('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url')).default,
  }),
  plain: async () => ({
    library: await import('onnxruntime-web/wasm'),
    mjs: (await import('onnxruntime-web/ort-wasm-simd-threaded.mjs?url')).default,
    wasm: (await import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url')).default,
  }),
}

/**
 * Opens backends of ONNX Runtime Web, all of one build: the one for graphics cards computes on the processor, too. The files
 * come from this app's own address; the library would otherwise load its script from inside itself, and then more than one
 * thread hangs.
 * @param aborted as of `createOrtBackend`
 */
export function createOrtOpener(
  surroundings: Surroundings,
  aborted?: () => void,
): (kind: 'webgpu' | 'wasm') => Promise<Backend | null> {
  let loading: Promise<{ readonly loaded: Loaded; readonly build: Build }> | null = null

  async function load() {
    const build = buildFor(await surroundings.hasAdapter(), surroundings.canSuspend)
    const loaded = await BUILDS[build]()
    const { wasm } = loaded.library.env
    wasm.wasmPaths = { mjs: loaded.mjs, wasm: loaded.wasm }
    wasm.numThreads = threadsFor(surroundings)
    loaded.library.env.logLevel = 'error'
    return { loaded, build }
  }

  return async (kind) => {
    loading ??= load()
    const { loaded, build } = await loading
    if (kind === 'webgpu' && build === 'plain') return null
    const backend = createOrtBackend(loaded.library, kind, aborted)
    return kind === 'webgpu' ? watched(backend, loaded.library) : backend
  }
}

/** The library asks for its device with the first session and says it only then: whoever loads one first, `lost` follows it from then on. */
function watched(backend: Backend, { env }: Loaded['library']): Backend {
  let lose = (_: unknown): void => undefined
  let watching = false
  const lost = new Promise<unknown>((resolve) => {
    lose = resolve
  })
  return {
    ...backend,
    lost,
    async load(...given) {
      const program = await backend.load(...given)
      const device = await env.webgpu?.device
      if (!watching && hasLost(device)) device.lost.then(lose)
      watching ||= hasLost(device)
      return program
    },
  }
}

const hasLost = (device: unknown): device is { readonly lost: Promise<unknown> } =>
  typeof device === 'object' && device !== null && 'lost' in device && device.lost instanceof Promise

/** As this worker finds them. */
export const surroundingsOf = (scope: {
  readonly navigator: { readonly hardwareConcurrency: number }
  readonly crossOriginIsolated: boolean
}): Surroundings => ({
  hasAdapter: async () => {
    const { navigator } = scope
    const gpu = 'gpu' in navigator ? navigator.gpu : null
    if (!isGpu(gpu)) return false
    return (await gpu.requestAdapter().catch(() => null)) !== null
  },
  canSuspend: 'Suspending' in WebAssembly,
  isolated: scope.crossOriginIsolated,
  cores: scope.navigator.hardwareConcurrency,
})

const isGpu = (gpu: unknown): gpu is { requestAdapter(): Promise<object | null> } =>
  typeof gpu === 'object' && gpu !== null && 'requestAdapter' in gpu
