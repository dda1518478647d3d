import type { ErrorCode } from '#protocol/core/errors.ts'
import type { Language } from './i18n.tsx'

type Texts = Readonly<Record<Language, string>>

/** What happened and, where there is one, what to do next. A code without a text does not compile. */
export const ERROR_TEXTS: Readonly<Record<ErrorCode, Texts>> = {
  bad_request: {
    de: 'Diese Angaben lassen sich nicht lesen. Prüfe sie bitte.',
    en: 'These details cannot be read. Please check them.',
  },
  schema_mismatch: {
    de: 'Eine Angabe passt nicht zu dem, was erwartet wird. Prüfe die Eingabe; bleibt es dabei, lade die Seite neu.',
    en: 'One of the details is not what is expected. Check your input; if it stays this way, reload the page.',
  },
  invalid_signature: {
    de: 'Eine Unterschrift stimmt nicht. Die Nachricht wurde verworfen, damit nichts Gefälschtes gespeichert wird.',
    en: 'A signature does not match. The message was dropped so that nothing forged is stored.',
  },
  unauthorized: {
    de: 'Dafür fehlt die Berechtigung. Frage einen Anker deiner Gemeinschaft.',
    en: 'You are not allowed to do this. Ask an anchor of your community.',
  },
  revoked: {
    de: 'Dieser Zugang wurde von der Gemeinschaft zurückgezogen. Bitte um eine neue Einladung.',
    en: 'The community has withdrawn this access. Ask for a new invitation.',
  },
  expired: {
    de: 'Die Frist ist abgelaufen. Bitte um eine neue Einladung, und prüfe, ob die Uhr dieses Geräts richtig geht.',
    en: 'The time for this has run out. Ask for a new invitation, and check that the clock of this device is right.',
  },
  not_found: {
    de: 'Das wurde auf diesem Gerät nicht gefunden. Vielleicht ist es noch unterwegs.',
    en: 'This was not found on this device. It may still be on its way.',
  },
  not_implemented: {
    de: 'Das kann diese Version noch nicht. Lade die Seite neu, um eine neuere zu bekommen.',
    en: 'This version cannot do that yet. Reload the page to get a newer one.',
  },
  timeout: {
    de: 'Es kam keine Antwort. Versuche es noch einmal, möglichst während Nachbarn verbunden sind.',
    en: 'No answer came. Try again, if possible while neighbours are connected.',
  },
  partition: {
    de: 'Gerade ist niemand erreichbar, der antworten könnte. Deine Daten bleiben hier, bis wieder jemand da ist.',
    en: 'Nobody who could answer is within reach. Your data stays here until someone is.',
  },
  capacity_exceeded: {
    de: 'Es ist gerade zu viel zu tun, oder der Platz reicht nicht. Warte kurz oder schaffe Platz auf dem Gerät.',
    en: 'There is too much to do right now, or not enough room. Wait a moment or free some space on the device.',
  },
  rate_limited: {
    de: 'Das waren zu viele Anfragen in kurzer Zeit. Warte einen Moment und versuche es noch einmal.',
    en: 'Those were too many requests in a short time. Wait a moment and try again.',
  },
  internal_error: {
    de: 'Hier ist ein Fehler im Programm passiert. Lade die Seite neu; deine gespeicherten Daten bleiben erhalten.',
    en: 'The program made a mistake here. Reload the page; what you have saved is kept.',
  },
  experimental_disabled: {
    de: 'Dieser Bereich ist ausgeschaltet. Du kannst ihn in den Einstellungen unter „Erprobung“ einschalten.',
    en: 'This area is switched off. You can switch it on in the settings under “Trials”.',
  },
  shard_unavailable: {
    de: 'Ein Teil des Sprachmodells fehlt in der Nachbarschaft. Es braucht mehr Geräte, die mitrechnen.',
    en: 'A part of the language model is missing in the neighbourhood. More devices need to take part.',
  },
  shard_unreachable: {
    de: 'Ein Gerät, das mitrechnet, ist nicht mehr erreichbar. Versuche es noch einmal.',
    en: 'A device that takes part can no longer be reached. Try again.',
  },
  pipeline_failed: {
    de: 'Das gemeinsame Rechnen ist fehlgeschlagen. Versuche es noch einmal.',
    en: 'Computing together has failed. Try again.',
  },
  pipeline_cancelled: { de: 'Das gemeinsame Rechnen wurde angehalten.', en: 'Computing together was stopped.' },
  pipeline_stalled: {
    de: 'Das gemeinsame Rechnen kommt nicht voran. Brich es ab und versuche es noch einmal.',
    en: 'Computing together makes no progress. Stop it and try again.',
  },
  weights_mismatch: {
    de: 'Zwei Geräte haben verschiedene Fassungen des Modells. Lade das Modell auf beiden neu.',
    en: 'Two devices hold different versions of the model. Load the model again on both.',
  },
  tensor_too_large: {
    de: 'Eine Rechenaufgabe ist zu groß für die Übertragung. Versuche es mit einem kürzeren Text.',
    en: 'A task is too large to be sent. Try a shorter text.',
  },
  unknown_frame_type: {
    de: 'Ein anderes Gerät spricht eine unbekannte Fassung. Beide sollten die Seite neu laden.',
    en: 'Another device speaks an unknown version. Both should reload the page.',
  },
  expert_unknown: {
    de: 'Diese Fachkundigen kennt deine Gemeinschaft nicht.',
    en: 'Your community does not know this expert.',
  },
  expert_unavailable: {
    de: 'Gerade ist niemand da, der sich damit auskennt. Versuche es später noch einmal.',
    en: 'Nobody who knows about this is here right now. Try again later.',
  },
  human_handoff_declined: {
    de: 'Die gefragte Person hat abgelehnt. Frage jemand anderen.',
    en: 'The person who was asked has declined. Ask someone else.',
  },
  human_handoff_timed_out: {
    de: 'Die gefragte Person hat nicht rechtzeitig geantwortet. Frage noch einmal oder jemand anderen.',
    en: 'The person who was asked did not answer in time. Ask again, or ask someone else.',
  },
  consent_required: {
    de: 'Dafür braucht es erst deine Zustimmung.',
    en: 'This needs your consent first.',
  },
  base_model_mismatch: {
    de: 'Das Lernen beruht auf einem anderen Modell, als hier vorhanden ist. Lade das passende Modell.',
    en: 'The learning builds on a model other than the one here. Load the matching model.',
  },
  insufficient_resources: {
    de: 'Dieses Gerät hat dafür gerade zu wenig Kraft, Platz oder Akku.',
    en: 'This device has too little power, room or battery for this right now.',
  },
  delta_invalid: {
    de: 'Ein Lernbeitrag ließ sich nicht prüfen und wurde verworfen.',
    en: 'A learning contribution could not be verified and was dropped.',
  },
  round_full: { de: 'Diese Lernrunde ist voll. Die nächste kommt.', en: 'This learning round is full. There will be another.' },
  round_closed: { de: 'Diese Lernrunde ist schon zu Ende.', en: 'This learning round is already over.' },
  fedlearn_aggregation_failed: {
    de: 'Die Lernbeiträge ließen sich nicht zusammenführen. Es ging nichts von dir verloren.',
    en: 'The learning contributions could not be combined. Nothing of yours was lost.',
  },
  fedlearn_min_participants_unmet: {
    de: 'Für diese Lernrunde machen zu wenige mit.',
    en: 'Too few people take part in this learning round.',
  },
  fedlearn_aggregator_unreachable: {
    de: 'Das Gerät, das die Lernrunde leitet, ist nicht erreichbar. Versuche es später.',
    en: 'The device that leads the learning round cannot be reached. Try later.',
  },
  adapter_not_found: { de: 'Dieses Gelernte ist hier nicht vorhanden.', en: 'What was learned is not present here.' },
  lora_hardware_unavailable: {
    de: 'Es ist kein Funkstick bereit. Stecke ihn an und wähle ihn auf der Seite „Funk“ aus.',
    en: 'No radio stick is ready. Plug it in and choose it on the page “Radio”.',
  },
  lora_hardware_unsupported: {
    de: 'Mit diesem Funkstick oder in diesem Browser geht es nicht. Versuche eine andere Art von Stick oder einen anderen Browser.',
    en: 'It does not work with this radio stick or in this browser. Try another kind of stick or another browser.',
  },
  lora_duty_cycle_exhausted: {
    de: 'Die erlaubte Sendezeit ist aufgebraucht. Wann es weitergeht, steht auf der Seite „Funk“.',
    en: 'The permitted airtime is used up. The page “Radio” says when it goes on.',
  },
  lora_peer_unknown: {
    de: 'Dieses Rufzeichen hat dein Funkstick noch nie gehört.',
    en: 'Your radio stick has never heard this call sign.',
  },
  lora_peer_conflict: {
    de: 'Dieses Rufzeichen gehört schon zu einem anderen Gerät, oder die Kennung passt nicht dazu. Bestätige es nicht und frage die Personen selbst.',
    en: 'This call sign already belongs to another device, or the ID does not match it. Do not confirm it, and ask the people themselves.',
  },
  lora_frame_malformed: {
    de: 'Ein Funkspruch kam verstümmelt an und wurde verworfen. Du musst nichts tun.',
    en: 'A radio message arrived garbled and was dropped. There is nothing to do.',
  },
  claim_not_found: {
    de: 'Diese Aussage ist auf diesem Gerät nicht vorhanden. Vielleicht ist sie noch unterwegs.',
    en: 'This claim is not on this device. It may still be on its way.',
  },
  claim_signature_invalid: {
    de: 'Die Unterschrift dieser Aussage stimmt nicht. Sie wurde nicht übernommen.',
    en: 'The signature of this claim does not match. It was not accepted.',
  },
  evidence_cycle_detected: {
    de: 'Diese Aussage würde sich im Kreis auf sich selbst stützen. Nimm eine der Herkunftsangaben heraus.',
    en: 'This claim would rest on itself in a circle. Remove one of the claims it is derived from.',
  },
  evidence_contradiction: {
    de: 'Diese Aussage widerspricht einer anderen. Sieh dir beide an, bevor du entscheidest.',
    en: 'This claim contradicts another. Look at both before you decide.',
  },
  ebkh_unavailable: {
    de: 'Die Wissenssammlung ist gerade nicht erreichbar. Was hier gespeichert ist, bleibt nutzbar.',
    en: 'The knowledge collection cannot be reached right now. What is stored here can still be used.',
  },
  civdef_cert_not_owned: {
    de: 'Dieser Ausweis gehört zu einem anderen Gerät.',
    en: 'This credential belongs to another device.',
  },
  civdef_cert_invalid: { de: 'Dieser Ausweis ist nicht gültig.', en: 'This credential is not valid.' },
  civdef_cert_unrecognised: {
    de: 'Die Stelle, die diesen Ausweis ausgestellt hat, ist hier nicht anerkannt.',
    en: 'The authority that issued this credential is not recognised here.',
  },
  civdef_cert_out_of_scope: {
    de: 'Dieser Ausweis gilt nicht für diese Aufgabe oder dieses Gebiet.',
    en: 'This credential does not cover this task or this area.',
  },
  civdef_alert_not_found: { de: 'Diese Warnung ist hier nicht vorhanden.', en: 'This alert is not present here.' },
  civdef_alert_target_invalid: {
    de: 'Das Gebiet der Warnung ist nicht lesbar. Wähle es noch einmal.',
    en: 'The area of the alert cannot be read. Choose it again.',
  },
  civdef_audit_chain_broken: {
    de: 'Im Protokoll der Warnungen fehlt etwas oder es wurde verändert. Verlasse dich nicht darauf und melde es.',
    en: 'The record of alerts has a gap or was altered. Do not rely on it, and report it.',
  },
  civdef_role_revoked: { de: 'Diese Aufgabe wurde zurückgezogen.', en: 'This role was withdrawn.' },
  civdef_region_unsupported: { de: 'Für dieses Gebiet ist nichts hinterlegt.', en: 'There is nothing on file for this area.' },
  civdef_ack_rate_limited: {
    de: 'Du hast das gerade schon bestätigt. Warte einen Moment.',
    en: 'You have just confirmed this. Wait a moment.',
  },
  protocol_version_unknown: {
    de: 'Das andere Gerät spricht eine unbekannte Fassung. Ladet beide die Seite neu.',
    en: 'The other device speaks an unknown version. Both of you should reload the page.',
  },
  protocol_suite_not_installed: { de: 'Diese Prüfung ist hier nicht vorhanden.', en: 'This test suite is not present here.' },
  protocol_descriptor_invalid: {
    de: 'Die Selbstauskunft eines Geräts ließ sich nicht prüfen.',
    en: 'What a device says about itself could not be verified.',
  },
  protocol_unsupported_capability: {
    de: 'Das andere Gerät kann das nicht. Vielleicht hilft dort ein Neuladen der Seite.',
    en: 'The other device cannot do this. Reloading the page there may help.',
  },
}
