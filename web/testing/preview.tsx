import { createRoot } from 'react-dom/client'
import '../kit/styles.ts'
import { App } from '../shell/app.tsx'
import { createInstall } from '../shell/install.ts'
import { createUpdates } from '../shell/update.ts'
import { createPreviewConnection, SCENES } from './preview-node.ts'

// /testing/preview.html?scene=alone#/settings
const query = new URLSearchParams(location.search)
const scene = SCENES[query.get('scene') ?? 'house'] ?? SCENES.house
const services = {
  install: createInstall(window),
  updates: createUpdates({ container: undefined, page: document, reload: () => location.reload() }),
}
const shown = query.has('update') ? { ...services, updates: { ...services.updates, ready: () => true } } : services
const root = document.getElementById('root')
if (root && scene) createRoot(root).render(<App services={shown} connection={createPreviewConnection(scene)} />)
