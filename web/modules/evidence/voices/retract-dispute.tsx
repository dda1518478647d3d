import { disputeRetract } from '#protocol/evidence/capabilities.ts'
import type { DisputeRecord } from '#protocol/evidence/records.ts'
import { ConfirmButton } from '../../../kit/confirm-button.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { messages } from './messages.ts'

/** Takes an own dispute back, or the own retraction of a claim: then the claim stands again (EVI-2). */
export function RetractDispute({ record }: { readonly record: DisputeRecord }) {
  const text = useText(messages).takeBack[record.kind]
  const retract = useCall(disputeRetract)
  const { claim_id, dispute_id } = record
  return (
    <div>
      <ConfirmButton
        label={text.label}
        title={text.title}
        busy={retract.busy}
        onConfirm={() => retract.run({ claim_id, dispute_id })}
      >
        {text.body}
      </ConfirmButton>
      {retract.error ? <ErrorNotice error={retract.error} /> : null}
    </div>
  )
}
