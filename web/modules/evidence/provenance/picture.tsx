import { useFormat, useText } from '../../../kit/i18n.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { messages as shared } from '../messages.ts'
import { observerName, sourceParts } from '../terms.ts'
import { messages as voiceMessages } from '../voices/messages.ts'
import type { GraphNode, ProvenanceGraph } from './graph.ts'
import { layoutProvenance, type PlacedNode } from './layout.ts'
import { messages } from './messages.ts'
import classes from './picture.module.css'
import { Shape } from './shape.tsx'
import { BOLD_PX, wrapped } from './words.ts'

const LINE_PX = 17
const PAD = 12
/** Room the shape takes at the head of a card. */
const SHAPE_ROOM = 24

interface CardWords {
  /** Beside the shape: what this is. */
  readonly head: string
  readonly body: string
  readonly foot: string
}

/** What a card says; every fact of it stands in the list as well. */
function useCardWords(): (node: GraphNode) => CardWords {
  const text = useText(messages)
  const all = useText(shared)
  const { roles } = useText(voiceMessages)
  const format = useFormat()
  return (node) => {
    switch (node.kind) {
      case 'claim': {
        const { claim, author, level, attestations, disputes } = node.record
        const counts = text.counts(format.number(attestations), format.number(disputes))
        const foot = attestations + disputes === 0 ? `${all.levels[level]}.` : `${all.levels[level]} · ${counts}`
        return { head: text.says(visibleText(author.display_name || all.voice.nameless)), body: claim.object, foot }
      }
      case 'attests':
        return { head: visibleText(node.record.by.display_name), body: roles[node.record.attestation.role], foot: '' }
      case 'disputes':
        return {
          head: visibleText(node.record.by.display_name),
          body: node.record.counts ? text.objects[node.record.kind] : text.withoutWeight,
          foot: '',
        }
      case 'source': {
        const parts = sourceParts(node.source.source_id)
        return { head: all.claim.kinds[parts?.kind ?? 'other'], body: sourceName(node.source.source_id), foot: '' }
      }
      case 'unknown':
        return { head: text.unknown, body: node.claimId.slice(0, 8), foot: '' }
    }
  }
}

/** The host of a web page, the short id of an observer, or the beginning of whatever else it is. */
function sourceName(sourceId: string): string {
  const parts = sourceParts(sourceId)
  const rest = parts?.rest ?? sourceId
  if (parts?.kind === 'node') return observerName(rest)
  return URL.canParse(rest) ? new URL(rest).hostname || rest : rest
}

function Card({ placed, words }: { readonly placed: PlacedNode; readonly words: CardWords }) {
  const { node, x, y, width, height } = placed
  const room = width - 2 * PAD
  const lines = wrapped(visibleText(words.body), room, node.kind === 'claim' ? 2 : 1)
  const level = node.kind === 'claim' ? node.record.level : undefined
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect width={width} height={height} rx="8" className={classes.card} data-kind={node.kind} data-level={level} />
      <Shape kind={node.kind} level={level} x={PAD} y={10} />
      <text x={PAD + SHAPE_ROOM} y={22} className={classes.head}>
        {wrapped(words.head, room - SHAPE_ROOM, 1, BOLD_PX)[0] ?? ''}
      </text>
      {lines.map((line, at) => (
        // lines of one text have no other name than their place
        <text key={`line-${at.toString()}`} x={PAD} y={40 + at * LINE_PX} className={classes.body}>
          {line}
        </text>
      ))}
      {words.foot === '' ? null : (
        <text x={PAD} y={height - 10} className={classes.foot}>
          {wrapped(words.foot, room, 1)[0] ?? ''}
        </text>
      )}
    </g>
  )
}

interface PictureProps {
  readonly graph: ProvenanceGraph
  /** Room there is, in CSS pixels. */
  readonly width: number
  readonly label: string
}

/** Who says it, who vouches, who objects, and what it is derived from, from top to bottom. */
export function ProvenancePicture({ graph, width, label }: PictureProps) {
  const wordsOf = useCardWords()
  const layout = layoutProvenance(graph, width)
  return (
    <svg
      className={classes.picture}
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="img"
      aria-label={label}
    >
      {layout.edges.map(({ edge, path }) => (
        <path key={`${edge.from} ${edge.to}`} d={path} className={classes.edge} data-kind={edge.kind} />
      ))}
      {layout.nodes.map((placed) => (
        <Card key={placed.node.key} placed={placed} words={wordsOf(placed.node)} />
      ))}
    </svg>
  )
}
