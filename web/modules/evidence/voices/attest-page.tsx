import { Button, Radio, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import type { ClaimId } from '#protocol/core/ids.ts'
import { claimAttest } from '#protocol/evidence/capabilities.ts'
import { ATTESTATION_ROLES, type AttestationRole } from '#protocol/evidence/events.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { claimPath } from '../paths.ts'
import { useFirstProblem } from '../use-first-problem.ts'
import { ClaimFrame } from './claim-frame.tsx'
import { messages } from './messages.ts'
import { type RationaleProblem, rationaleProblem } from './rationale.ts'
import { RationaleField } from './rationale-field.tsx'

function AttestForm({ id }: { readonly id: ClaimId }) {
  const text = useText(messages)
  const [, navigate] = useLocation()
  const [role, setRole] = useState<AttestationRole>('first-hand witness')
  const [rationale, setRationale] = useState('')
  const [problem, setProblem] = useState<RationaleProblem | null>(null)
  const [form, showProblem] = useFirstProblem()
  const attest = useCall(claimAttest)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const found = rationaleProblem(rationale)
    setProblem(found)
    if (found !== null) return showProblem()
    const done = await attest.run({ claim_id: id, role, rationale: rationale.trim() })
    if (done) navigate(claimPath(id), { replace: true })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="lg">
        <Radio.Group
          label={text.as}
          value={role}
          onChange={(value) => setRole(ATTESTATION_ROLES.find((known) => known === value) ?? role)}
        >
          <Stack gap="xs" mt="xs">
            {ATTESTATION_ROLES.map((known) => (
              <Radio key={known} value={known} label={text.roles[known]} description={text.roleHints[known]} />
            ))}
          </Stack>
        </Radio.Group>
        <RationaleField value={rationale} hint={text.attestHint} problem={problem} onChange={setRationale} />
        {attest.error ? <ErrorNotice error={attest.error} /> : null}
        <Button type="submit" loading={attest.busy} style={{ alignSelf: 'flex-start' }}>
          {text.attest}
        </Button>
      </Stack>
    </form>
  )
}

/** Vouches for somebody else's claim, as what and why (EVI-3). */
export function AttestPage() {
  const text = useText(messages)
  return (
    <ClaimFrame title={text.attestTitle} intro={text.attestIntro}>
      {({ claim_id }) => <AttestForm id={claim_id} />}
    </ClaimFrame>
  )
}
