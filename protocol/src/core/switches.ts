import { DEFAULT_CONFIG, type HearthnetConfig, type ModuleSwitch } from './config.ts'

/** The modules with a switch, in the order of the configuration. */
export const MODULE_SWITCHES: readonly ModuleSwitch[] = Object.keys(DEFAULT_CONFIG)
  // the keys of a value of that very type
  .map((key) => key as keyof HearthnetConfig)
  .filter((key) => key !== 'policy' && key !== 'mesh')

/** What the names of a module's capabilities begin with; only what begins with `experimental.` waits for the research switch. */
export const namespaceOf = (module: ModuleSwitch): string => (module === 'protocol' ? 'protocol.' : `experimental.${module}.`)

const isExperimental = (module: ModuleSwitch): boolean => namespaceOf(module).startsWith('experimental.')

/** `*` stands for any run of characters. */
function matches(glob: string, name: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  if (rest.length === 0) return name === glob
  if (!name.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.length >= at + last.length && name.endsWith(last)
}

/** @param covers whether a glob of the research switch covers what is asked about */
function isOn(module: ModuleSwitch, config: HearthnetConfig, covers: (glob: string) => boolean): boolean {
  if (!config[module].enabled) return false
  const { enable, enabled_capabilities } = config.policy.research
  return !isExperimental(module) || (enable && enabled_capabilities.some(covers))
}

/** Whether the person's switches leave a capability off (BUS-2, section 9). */
export function isSwitchedOff(name: string, config: HearthnetConfig): boolean {
  const module = MODULE_SWITCHES.find((key) => name.startsWith(namespaceOf(key)))
  return module !== undefined && !isOn(module, config, (glob) => matches(glob, name))
}

/** Whether a module may serve any name at all. */
export function isModuleOn(module: ModuleSwitch, config: HearthnetConfig): boolean {
  const namespace = namespaceOf(module)
  return isOn(module, config, (glob) => {
    const [head = ''] = glob.split('*')
    return head.startsWith(namespace) || (head !== glob && namespace.startsWith(head))
  })
}
