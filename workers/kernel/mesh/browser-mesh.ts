import { browserTransports } from './browser-transports.ts'
import { createLibp2pMesh, type MeshDeps } from './libp2p-mesh.ts'
import type { Mesh } from './mesh.ts'

/** The mesh as a browser has it: over a box's WebSocket, and WebRTC to everyone else. */
export const createBrowserMesh = (deps: MeshDeps): Promise<Mesh> => createLibp2pMesh(deps, { transports: browserTransports() })
