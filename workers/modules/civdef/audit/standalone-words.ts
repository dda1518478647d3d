import type { Caveat, StandaloneFault, StandaloneProblem } from './standalone.ts'

export type Language = 'de' | 'en'
type Both = { readonly [L in Language]: string }

/** What is wrong, to a person who never saw this program. */
const FAULT_WORDS: { readonly [F in StandaloneFault]: Both } = {
  too_long: { de: 'Die Datei ist zu groß für diese Prüfung.', en: 'The file is too large for this check.' },
  cut_off: {
    de: 'Die letzte Zeile endet nicht. Die Datei kann abgeschnitten sein.',
    en: 'The last line does not end. The file may be cut off.',
  },
  not_json: { de: 'Die Zeile ist nicht lesbar.', en: 'The line cannot be read.' },
  not_canonical: {
    de: 'Die Zeile ist anders geschrieben, als das Protokoll schreibt.',
    en: 'The line is written differently from how the log writes.',
  },
  unknown_kind: { de: 'Diese Art Zeile gibt es im Protokoll nicht.', en: 'The log has no such kind of line.' },
  fields: {
    de: 'In der Zeile fehlt etwas, oder es steht mehr darin.',
    en: 'Something is missing in the line, or there is more.',
  },
  no_header: { de: 'Hier fehlt der Kopf eines Protokolls.', en: 'The head of a log is missing here.' },
  second_header: { de: 'Hier steht ein zweiter Kopf.', en: 'Here is a second head.' },
  no_log: { de: 'Der Kopf nennt keinen Schlüssel, dem das Protokoll gehört.', en: 'The head names no key that owns the log.' },
  note_malformed: { de: 'Der Prüfpunkt hat nicht die Form eines Prüfpunkts.', en: 'The checkpoint is not formed like one.' },
  note_of_another_log: { de: 'Der Prüfpunkt gehört zu einem anderen Protokoll.', en: 'The checkpoint belongs to another log.' },
  note_unsigned: {
    de: 'Der Prüfpunkt ist nicht mit dem Schlüssel des Protokolls unterschrieben.',
    en: 'The checkpoint is not signed with the key of the log.',
  },
  note_line_malformed: {
    de: 'Eine Unterschrift unter dem Prüfpunkt ist keine.',
    en: 'A signature below the checkpoint is none.',
  },
  note_line_unverified: {
    de: 'Eine Unterschrift unter dem Prüfpunkt stimmt nicht.',
    en: 'A signature below the checkpoint does not hold.',
  },
  checkpoint_size: {
    de: 'Die Zeile nennt eine andere Länge als ihr Prüfpunkt.',
    en: 'The line says another length than its checkpoint.',
  },
  checkpoint_inconsistent: {
    de: 'Der Prüfpunkt setzt den vorigen nicht fort: Dazwischen wurde etwas geändert.',
    en: 'The checkpoint does not continue the one before: something in between was changed.',
  },
  no_checkpoint: { de: 'Kein Prüfpunkt in dieser Datei hält.', en: 'No checkpoint in this file holds.' },
  header_size: {
    de: 'Der Kopf nennt eine andere Länge als der neueste Prüfpunkt.',
    en: 'The head says another length than the newest checkpoint.',
  },
  no_entry: { de: 'In dieser Zeile fehlt der Eintrag.', en: 'The entry is missing in this line.' },
  number: { de: 'Der Eintrag trägt eine falsche Nummer.', en: 'The entry has a wrong number.' },
  order: { de: 'Der Eintrag steht nicht an seinem Platz.', en: 'The entry is not in its place.' },
  link: { de: 'Der Eintrag schließt nicht an den vor ihm an.', en: 'The entry does not follow the one before it.' },
  first_link: {
    de: 'Der erste Eintrag nennt einen vor ihm. Der Anfang fehlt.',
    en: 'The first entry names one before it. The beginning is missing.',
  },
  unsigned: {
    de: 'Der Eintrag ist nicht mit dem Schlüssel des Protokolls unterschrieben. Er wurde geändert.',
    en: 'The entry is not signed with the key of the log. It was changed.',
  },
  not_in_tree: {
    de: 'Der Eintrag ist nicht der, den der neueste Prüfpunkt festhält.',
    en: 'The entry is not the one that the newest checkpoint holds.',
  },
  entries_missing: {
    de: 'Einträge fehlen, obwohl die Datei sagt, dass sie vollständig ist.',
    en: 'Entries are missing, although the file says that it is complete.',
  },
  base_malformed: {
    de: 'Was von gelöschten Einträgen übrig sein muss, stimmt nicht.',
    en: 'What must be left of deleted entries is not right.',
  },
  base_not_in_tree: {
    de: 'Der neueste Prüfpunkt setzt die gelöschten Einträge nicht fort.',
    en: 'The newest checkpoint does not continue the deleted entries.',
  },
  base_unsaid: {
    de: 'Einträge am Anfang fehlen, und kein unterschriebener Eintrag sagt, dass sie gelöscht wurden.',
    en: 'Entries at the beginning are missing, and no signed entry says that they were deleted.',
  },
  before_base: { de: 'Dieser Eintrag soll gelöscht sein.', en: 'This entry is said to be deleted.' },
  record_of_nothing: {
    de: 'Zu diesem Inhalt gibt es in der Datei keinen Eintrag.',
    en: 'No entry in this file is about this content.',
  },
  record_elsewhere: { de: 'Der Inhalt gehört zu einem anderen Eintrag.', en: 'The content belongs to another entry.' },
  alert_unsigned: {
    de: 'Die Warnung ist nicht von ihrem Absender unterschrieben.',
    en: 'The alert is not signed by its publisher.',
  },
  drill_mark: {
    de: 'Ob der Eintrag zu einer Übung gehört, stimmt nicht mit der Warnung überein.',
    en: 'Whether the entry belongs to a drill does not agree with the alert.',
  },
  drill_count: { de: 'Der Kopf zählt die Übungen falsch.', en: 'The head counts the drills wrongly.' },
  no_certificate: { de: 'In dieser Zeile fehlt der Ausweis.', en: 'The certificate is missing in this line.' },
  certificate_id: { de: 'Die Nummer des Ausweises stimmt nicht.', en: 'The number of the certificate is wrong.' },
  certificate_unsigned: {
    de: 'Der Ausweis ist nicht von seinem Aussteller unterschrieben.',
    en: 'The certificate is not signed by its issuer.',
  },
}

/** What no check of a file can show. */
export const CAVEAT_WORDS: { readonly [C in Caveat]: Both } = {
  no_witness: {
    de: 'Kein Zeuge hat den neuesten Prüfpunkt unterschrieben. Wer das Gerät in der Hand hat, kann das ganze Protokoll neu geschrieben haben.',
    en: 'No witness signed the newest checkpoint. Whoever holds the device could have rewritten the whole log.',
  },
  part: {
    de: 'Die Datei zeigt einen Teil des Protokolls. Was fehlt, lässt sich mit ihr nicht beurteilen.',
    en: 'The file shows a part of the log. What is left out cannot be judged by it.',
  },
  deleted: {
    de: 'Ältere Einträge wurden nach Ablauf der Aufbewahrungsfrist gelöscht.',
    en: 'Older entries were deleted after the time they had to be kept.',
  },
  records_missing: {
    de: 'Zu manchen Einträgen fehlt der Inhalt. Dann zeigt die Datei, dass etwas geschah, nicht was.',
    en: 'The content of some entries is missing. Then the file shows that something happened, not what.',
  },
  earlier_run: {
    de: 'Das Protokoll wurde nach einem Bruch bewusst neu begonnen. Der erste Eintrag sagt, warum.',
    en: 'The log was deliberately begun anew after a break. Its first entry says why.',
  },
  newer: {
    de: 'Was nach dem neuesten Prüfpunkt kam, steht nicht in der Datei. Die Zeugen haben vielleicht einen neueren.',
    en: 'What came after the newest checkpoint is not in the file. The witnesses may have a newer one.',
  },
}

/** Where it is, and what. */
export function problemText({ fault, line, seq }: StandaloneProblem, language: Language): string {
  const words = { de: ['Zeile', 'Eintrag', 'Datei'], en: ['line', 'entry', 'file'] }[language]
  const place = line === 0 ? words[2] : `${words[0]} ${line}${seq === null ? '' : `, ${words[1]} ${seq}`}`
  return `${place}: ${FAULT_WORDS[fault][language]}`
}
