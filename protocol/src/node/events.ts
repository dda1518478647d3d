import { defineEvent } from '../core/module.ts'
import { Strict } from '../core/schema.ts'

/** A peer came, went, or changed how it is connected; or a box did. */
export const meshChanged = defineEvent('node.mesh.changed', Strict({}), { scope: 'device' })
/** Identity or life cycle of this node changed. */
export const statusChanged = defineEvent('node.status.changed', Strict({}), { scope: 'device' })
