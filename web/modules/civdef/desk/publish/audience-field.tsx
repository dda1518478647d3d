import { Stack, Text, TextInput } from '@mantine/core'
import { roleList } from '#protocol/civdef/capabilities.ts'
import { plural, useLanguage, useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { useQuery } from '../../../../port/hooks.ts'
import { regionOfRole } from '../../regions.ts'
import classes from '../desk.module.css'
import { RoleName } from '../shared/certificate-card.tsx'
import { Choice } from '../shared/choice.tsx'
import { RegionName } from '../shared/region-name.tsx'
import { DrawArea } from './draw-area.tsx'
import { type AlertForm, boxOf, type FormFaults, typedBox } from './form.ts'
import { messages } from './messages.ts'

export interface AudienceFieldProps {
  readonly form: AlertForm
  readonly faults: FormFaults
  readonly onChange: (change: Partial<AlertForm>) => void
}

/** Roles that somebody here holds in a region, with how many do: only they can be written to (CIV-6). */
function useRolesHeld(region: string) {
  const query = useQuery(roleList, { region, only_good: true, limit: 500 }, { enabled: region !== '' })
  const held = new Map<string, Set<string>>()
  for (const { certificate } of query.status === 'ready' ? query.data.certificates : []) {
    held.set(certificate.role, (held.get(certificate.role) ?? new Set()).add(certificate.holder))
  }
  return { query, held: [...held].sort(([a], [b]) => (a < b ? -1 : 1)) }
}

function Roles({ form, onChange }: Omit<AudienceFieldProps, 'faults'>) {
  const text = useText(messages)
  const { language } = useLanguage()
  const { query, held } = useRolesHeld(form.region)
  const toggle = (role: string) => {
    const roles = form.roles.includes(role) ? form.roles.filter((one) => one !== role) : [...form.roles, role]
    onChange({ roles })
  }
  return (
    <QueryView query={query} isEmpty={() => held.length === 0} empty={<Text>{text.noRoles}</Text>}>
      {() => (
        <fieldset className={classes.choices}>
          <legend className={classes.legend}>{text.rolesField}</legend>
          {held.map(([role, people]) => (
            <label key={role} className={classes.choice}>
              <input type="checkbox" checked={form.roles.includes(role)} onChange={() => toggle(role)} />
              <span className={classes.choiceWords}>
                <span className={classes.choiceName}>
                  <RoleName role={role} />
                </span>
                <span className={classes.choiceNote}>
                  <RegionName region={regionOfRole(role)} />
                  {' · '}
                  {plural(language, people.size, text.holders)}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </QueryView>
  )
}

const SIDES = ['west', 'east', 'south', 'north'] as const
const NO_BOX = { west: '', south: '', east: '', north: '' }

/** Who can read it and in which part of the region: for the few alerts that are not for everybody everywhere. */
export function AudienceField({ form, faults, onChange }: AudienceFieldProps) {
  const text = useText(messages)
  const box = form.box ?? NO_BOX
  return (
    <details open={form.sealed || form.box !== null}>
      <summary className={classes.summary}>{text.more}</summary>
      <Stack gap="lg" mt="sm">
        <Choice
          legend={text.audience}
          value={form.sealed ? 'roles' : 'all'}
          onChange={(next) => onChange({ sealed: next === 'roles' })}
          options={[
            { value: 'all', name: text.everyone },
            { value: 'roles', name: text.onlyRoles, note: text.onlyRolesNote },
          ]}
        />
        {form.sealed ? <Roles form={form} onChange={onChange} /> : null}
        {faults.roles ? (
          <Text c="bad" role="alert">
            {text.faults[faults.roles]}
          </Text>
        ) : null}
        <fieldset className={classes.choices}>
          <legend className={classes.legend}>{text.box}</legend>
          <Text size="sm" c="dimmed">
            {text.boxNote}
          </Text>
          <DrawArea
            region={form.region}
            box={boxOf(form)}
            drill={form.drill}
            onBox={(drawn) => onChange({ box: drawn ? typedBox(drawn) : null })}
          />
          <div className={classes.pair}>
            {SIDES.map((side) => (
              <TextInput
                key={side}
                label={text.boxSides[side]}
                inputMode="decimal"
                classNames={{ input: classes.input }}
                value={box[side]}
                onChange={(event) => {
                  const next = { ...box, [side]: event.currentTarget.value }
                  onChange({ box: SIDES.every((one) => next[one].trim() === '') ? null : next })
                }}
                autoComplete="off"
              />
            ))}
          </div>
          {faults.box ? (
            <Text c="bad" role="alert">
              {text.faults[faults.box]}
            </Text>
          ) : null}
        </fieldset>
      </Stack>
    </details>
  )
}
