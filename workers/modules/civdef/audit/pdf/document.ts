import { AuditEntrySchema } from '#protocol/civdef/audit.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { parseNote } from '#protocol/civdef/note.ts'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import { matches } from '#protocol/core/schema.ts'
import { AUDIT_MEDIA_TYPE, type ExportLine } from '../export.ts'
import { type StandaloneReport, verifyAuditExport } from '../standalone.ts'
import { CAVEAT_WORDS, problemText } from '../standalone-words.ts'
import { createLayout, type Layout, STYLES } from './layout.ts'
import { EVENT_WORDS, recordWords, timeWords } from './record-words.ts'
import { createPdf } from './writer.ts'

export interface PdfInput {
  readonly lines: readonly ExportLine[]
  /** The same for machines: it goes along inside the document. */
  readonly jsonl: { readonly name: string; readonly bytes: Uint8Array }
  /** What a member is called; empty where nobody knows. */
  readonly nameOf: (nodeId: NodeId) => string
}

type LineOf<K extends ExportLine['kind']> = Extract<ExportLine, { kind: K }>

/** Problems printed at most: a broken log repeats itself. */
const MOST_PROBLEMS = 40

const ofKind = <K extends ExportLine['kind']>(lines: readonly ExportLine[], kind: K): LineOf<K>[] =>
  lines.filter((line): line is LineOf<K> => line.kind === kind)

const DRILL = 'ÜBUNG'

function cover(layout: Layout, { lines, jsonl, nameOf }: PdfInput, report: StandaloneReport): void {
  const [header] = ofKind(lines, 'header')
  const entries = ofKind(lines, 'entry')
  const written = entries.flatMap(({ entry }) => (matches(AuditEntrySchema, entry) ? [entry] : []))
  const [first, last] = [written[0], written.at(-1)]
  // checked when the document's own file was read by the verifier
  const owner = report.log as NodeId
  layout.gap(40)
  layout.paragraph('Protokoll zum Zivilschutz', STYLES.title)
  layout.paragraph('Auszug aus dem Protokoll eines Geräts, in dem sich Änderungen nachweisen lassen. Für Gericht und Akten.')
  layout.gap(14)
  if (report.drills > 0) {
    layout.mark(DRILL)
    const isAll = report.drills === entries.length
    layout.frame(
      isAll
        ? `${DRILL}: Alle Einträge gehören zu einer Übung. Nichts davon ist wirklich geschehen.`
        : `ENTHÄLT ${DRILL}: ${report.drills} von ${entries.length} Einträgen gehören zu einer Übung. Jeder von ihnen ist gekennzeichnet.`,
    )
  }
  if (!report.sound)
    layout.frame('DIESES PROTOKOLL HÄLT DER PRÜFUNG NICHT STAND. Die Stellen stehen unter „Ergebnis der Prüfung“.')
  layout.field('Gehört', nameOf(owner) || 'ohne Namen')
  layout.field('Schlüssel', report.log, STYLES.mono)
  layout.field('Fingerabdruck', displayNodeId(owner))
  layout.field('Erstellt', timeWords(String(header?.made_at ?? '')))
  if (first && last) {
    layout.field('Von', timeWords(first.at))
    layout.field('Bis', timeWords(last.at))
  }
  layout.field('Einträge', `${report.entries} von ${report.size}${report.complete ? ', vollständig' : ', ein Teil'}`)
  if (report.deleted > 0) layout.field('Gelöscht', `${report.deleted} nach Ablauf der Frist`)
  layout.field('Prüfpunkte', String(report.checkpoints))
  layout.field('Zeugen', report.witnesses.length === 0 ? 'keine' : `${report.witnesses.length} unter dem neuesten Prüfpunkt`)
  layout.field('Angehängt', `${jsonl.name} (dieselben Angaben, von Programmen prüfbar)`)

  layout.section('Ergebnis der Prüfung')
  layout.paragraph(
    report.sound
      ? 'Beim Erstellen wurde das Protokoll geprüft: Alle Unterschriften, Verkettungen, Beweise und Prüfpunkte halten.'
      : 'Beim Erstellen wurde das Protokoll geprüft. Diese Stellen halten nicht:',
  )
  for (const problem of report.problems.slice(0, MOST_PROBLEMS)) layout.paragraph(problemText(problem, 'de'), STYLES.body, 12)
  const more = report.problems.length - MOST_PROBLEMS
  if (more > 0) layout.paragraph(`und ${more} weitere.`, STYLES.body, 12)
  layout.section('Was dieses Protokoll nicht zeigt')
  for (const caveat of report.caveats) layout.paragraph(`– ${CAVEAT_WORDS[caveat].de}`)
  layout.paragraph(
    '– Ob die Uhr des Geräts richtig ging. Die Zeiten sind die des Geräts; die Zeugen setzen ihre eigenen daneben.',
  )
}

function entriesPart(layout: Layout, { lines, nameOf }: PdfInput): void {
  layout.newPage()
  layout.section('Einträge')
  const records = new Map(ofKind(lines, 'record').map(({ index, record }) => [index, record]))
  const alerts = new Map(ofKind(lines, 'alert').map(({ alert }) => [alert.alert_id as string, alert]))
  for (const { index, entry, proof, drill } of ofKind(lines, 'entry')) {
    layout.mark(drill === true ? DRILL : '')
    layout.rule(120)
    if (!matches(AuditEntrySchema, entry)) {
      layout.paragraph(`An der Stelle ${index} steht kein Eintrag, der sich lesen lässt.`, STYLES.strong)
      layout.field('Dort steht', typeof entry === 'string' ? entry : JSON.stringify(entry), STYLES.mono)
      continue
    }
    layout.paragraph(`${drill === true ? `${DRILL} · ` : ''}Eintrag ${entry.seq}: ${EVENT_WORDS[entry.event]}`, STYLES.strong)
    layout.field('Zeit', timeWords(entry.at))
    layout.field('Durch', `${nameOf(entry.actor) || 'ohne Namen'} (${displayNodeId(entry.actor)})`)
    if (entry.alert_id !== null) layout.field('Warnung Nr.', entry.alert_id)
    const alert = alerts.get(entry.alert_id ?? '')
    if (alert)
      layout.field('Warnung', 'title' in alert ? `„${alert.title}“, ${alert.target.region}` : `nur für Rollen, ${alert.region}`)
    if (entry.hop !== undefined) layout.field('Stationen', String(entry.hop))
    const record = records.get(index)
    for (const [label, text] of recordWords(record)) layout.field(label, text)
    if (record === undefined) layout.field('Inhalt', 'auf diesem Gerät nicht mehr vorhanden')
    layout.gap(3)
    layout.field('Inhalt, SHA-256', entry.payload_sha.slice(7), STYLES.mono)
    layout.field('Vorgänger', entry.prev_sha?.slice(7) ?? 'keiner, der erste Eintrag', STYLES.mono)
    layout.field('Unterschrift', entry.signature.slice(8), STYLES.mono)
    layout.field('Beweis im Baum', proof.length === 0 ? 'keiner nötig, der einzige Eintrag' : proof.join('\n'), STYLES.mono)
  }
  layout.mark('')
}

function certificatesPart(layout: Layout, certificates: readonly Certificate[], nameOf: PdfInput['nameOf']): void {
  layout.section('Ausweise')
  if (certificates.length === 0) layout.paragraph('In diesem Protokoll kommt kein Ausweis vor.')
  for (const certificate of certificates) {
    layout.rule(110)
    layout.paragraph(certificate.title, STYLES.strong)
    layout.field('Rolle', certificate.role)
    layout.field('Inhaber', `${nameOf(certificate.holder) || 'ohne Namen'} (${displayNodeId(certificate.holder)})`)
    layout.field('Aussteller', `${nameOf(certificate.issuer) || 'ohne Namen'} (${displayNodeId(certificate.issuer)})`)
    layout.field('Gilt', `${timeWords(certificate.issued_at)} bis\n${timeWords(certificate.expires_at)}`)
    layout.field('Darf', certificate.scopes.join(', '))
    layout.field('Nummer', certificate.cert_id, STYLES.mono)
  }
}

function checkpointsPart(layout: Layout, { lines, nameOf }: PdfInput): void {
  layout.section('Prüfpunkte und ihre Zeugen')
  layout.paragraph(
    'Ein Prüfpunkt hält fest, wie lang das Protokoll war und welcher Wert über allen Einträgen steht. Zeugen sind andere Geräte: Sie unterschreiben einen Prüfpunkt nur, wenn er den fortsetzt, den sie zuletzt sahen.',
  )
  for (const { size, note } of ofKind(lines, 'checkpoint')) {
    layout.rule(90)
    const { text, signatures } = parseNote(note)
    const [origin = '', , root = ''] = text.split('\n')
    layout.paragraph(`Prüfpunkt über ${size} Einträge`, STYLES.strong)
    layout.field('Wert', root, STYLES.mono)
    const witnesses = signatures.filter(({ name }) => name !== origin)
    if (witnesses.length === 0) layout.field('Zeugen', 'keine')
    for (const { name, bytes } of witnesses) {
      const key = `ed25519:${name.split('/').at(-1) ?? ''}`
      const seconds = bytes.length === 72 ? Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0)) : 0
      const at = timeWords(new Date(seconds * 1000).toISOString())
      // the verifier counts only lines that hold; here every line stands as it is
      layout.field('Zeuge', `${nameOf(key as NodeId) || 'ohne Namen'}, ${at}\n${key}`, STYLES.mono)
    }
  }
}

function howToCheck(layout: Layout, name: string): void {
  layout.section('So prüfen Sie dieses Protokoll')
  const steps = [
    `Lösen Sie die angehängte Datei ${name} aus diesem Dokument (im Leseprogramm unter „Anhänge“ oder „Anlagen“).`,
    'Öffnen Sie die Seite „verify-audit.html“ in einem Browser. Sie braucht kein Netz und keine Installation; das Gerät, auf dem die Warnungen liefen, hat sie dabei.',
    'Ziehen Sie die Datei auf die Seite. Sie sagt, ob alles hält, und sonst in welcher Zeile und bei welchem Eintrag nicht.',
    'Fragen Sie die Zeugen nach dem neuesten Prüfpunkt, den sie von diesem Protokoll haben. Ist er länger als hier oder hat er einen anderen Wert, wurde etwas weggelassen oder umgeschrieben.',
    'Wer selbst rechnet: Einträge sind kanonisches JSON (RFC 8785) mit Ed25519; der Baum folgt RFC 6962, Prüfpunkte und Zeugen folgen den Formaten signed-note, tlog-checkpoint und tlog-cosignature von C2SP.',
  ]
  for (const [index, step] of steps.entries()) layout.paragraph(`${index + 1}. ${step}`)
  layout.paragraph(
    'Zeichen, die diese Schrift nicht hat, stehen als ‹U+…› da. Die angehängte Datei hat sie, wie sie waren.',
    STYLES.small,
  )
}

/**
 * The printed form for a court (AUD-5): cover with the verdict, entries with their proofs, certificates, checkpoints with their
 * witnesses, how to check, and the JSONL inside. In German. A drill is said on the cover, at each entry and in the head of each
 * page that has one (CIV-9).
 */
export async function exportPdf(input: PdfInput): Promise<Uint8Array<ArrayBuffer>> {
  const { lines, jsonl, nameOf } = input
  const report = await verifyAuditExport(new TextDecoder().decode(jsonl.bytes))
  const madeAt = String(ofKind(lines, 'header')[0]?.made_at ?? '')
  const title = report.drills > 0 ? `Protokoll zum Zivilschutz (${DRILL})` : 'Protokoll zum Zivilschutz'
  const pdf = createPdf({ title, madeAt, attachment: { ...jsonl, mediaType: AUDIT_MEDIA_TYPE } })
  const layout = createLayout(pdf)
  cover(layout, input, report)
  layout.mark('')
  entriesPart(layout, input)
  const certificates = ofKind(lines, 'certificate').map(({ certificate }) => certificate)
  certificatesPart(layout, certificates, nameOf)
  checkpointsPart(layout, input)
  howToCheck(layout, jsonl.name)
  layout.finish(title, `Protokoll ${displayNodeId(report.log as NodeId)} · erstellt ${madeAt}`)
  return pdf.bytes()
}
