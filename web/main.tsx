import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './kit/styles.ts'
import { App } from './shell/app.tsx'
import { createInstall } from './shell/install.ts'
import { openShared } from './shell/share-target.ts'
import { createUpdates } from './shell/update.ts'

openShared(location, history)
const services = {
  install: createInstall(window),
  updates: createUpdates({
    after: (ms, task) => void setTimeout(task, ms),
    container: import.meta.env.PROD ? navigator.serviceWorker : undefined,
    page: document,
    reload: () => location.reload(),
  }),
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App services={services} />
    </StrictMode>,
  )
}
