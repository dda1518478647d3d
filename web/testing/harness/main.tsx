import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { CAPABILITIES } from '#protocol/capabilities.ts'
import type { Capability, Streaming } from '#protocol/core/capability.ts'
import { HearthError, isErrorCode } from '#protocol/core/errors.ts'
import '../../kit/styles.ts'
import { LanguageProvider } from '../../kit/i18n.tsx'
import { cssVariables, theme } from '../../kit/theme.ts'
import { NodeProvider } from '../../port/provider.tsx'
import { Shell } from '../../shell/app.tsx'
import { useHashPath, useHashQuery } from '../../shell/hash-location.ts'
import { createInstall } from '../../shell/install.ts'
import { ServicesProvider } from '../../shell/services.tsx'
import { createUpdates } from '../../shell/update.ts'
import { createFakeConnection } from '../fake-connection.ts'
import { DESK_SCENES } from '../village-audit.ts'
import { CIVDEF_SCENES } from '../village-civdef.ts'
import { FEDERATION_SCENES } from '../village-federation.ts'
import { INFERENCE_SCENES } from '../village-inference.ts'
import { LORA_SCENES } from '../village-lora.ts'
import { createVillageNode, type VillageOptions } from '../village-node.ts'

// every screen over a village in memory: `?stage=member&people=40&theme=dark#/community`
const query = new URLSearchParams(location.search)
const stages = ['new', 'named', 'member'] as const satisfies readonly VillageOptions['stage'][]
const stage = stages.find((known) => known === query.get('stage')) ?? 'member'
const village = createVillageNode({
  stage,
  people: Number(query.get('people') ?? 9),
  claims: Number(query.get('claims') ?? 60),
  evidence: query.get('evidence') !== 'off',
  suite: query.get('suite') !== 'off',
  lora: LORA_SCENES.find((scene) => scene === query.get('lora')) ?? 'off',
  civdef: CIVDEF_SCENES.find((scene) => scene === query.get('civdef')) ?? 'off',
  desk: DESK_SCENES.find((scene) => scene === query.get('desk')) ?? 'new',
  inference: INFERENCE_SCENES.find((scene) => scene === query.get('inference')) ?? 'off',
  federation: FEDERATION_SCENES.find((scene) => scene === query.get('federation')) ?? 'none',
  joinMs: Number(query.get('join') ?? 3000),
})

const isStreaming = (capability: Capability): capability is Streaming => capability.stream !== null

// `?refuse=community.federation.list:timeout` refuses a capability with a code, `?refuse=community.federation.list` never answers it
for (const refused of query.getAll('refuse')) {
  const [name = '', code] = refused.split(':')
  const capability = CAPABILITIES.get(name)
  if (!capability) throw new TypeError(`no capability ${name}`)
  const refuse = (): Promise<never> =>
    isErrorCode(code) ? Promise.reject(new HearthError(code, 'refused by the address')) : new Promise(() => undefined)
  village.answer(capability, refuse)
  if (isStreaming(capability)) {
    village.answerStream(capability, async function* () {
      yield await refuse()
    })
  }
}
const services = {
  install: createInstall(window),
  updates: createUpdates({ container: undefined, page: document, after: () => undefined, reload: () => location.reload() }),
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      forceColorScheme={query.get('theme') === 'dark' ? 'dark' : 'light'}
    >
      <LanguageProvider>
        <ServicesProvider value={services}>
          <Router hook={useHashPath} searchHook={useHashQuery}>
            <NodeProvider connection={createFakeConnection(village)}>
              <Shell />
            </NodeProvider>
          </Router>
        </ServicesProvider>
      </LanguageProvider>
    </MantineProvider>,
  )
}
