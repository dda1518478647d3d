import { expose } from 'comlink'
import { sendHearthErrors } from '../port.ts'
import { createOpfsStore } from './opfs.ts'

// a store of its own: only a worker may write into a file in place
sendHearthErrors()
expose(createOpfsStore(navigator.storage, navigator.locks))
