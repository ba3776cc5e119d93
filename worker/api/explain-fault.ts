import type { UserEventsFault } from '../../durable-objects/intake/find-user-events.ts'

/** Says why a person's events cannot be listed, and what to do about it. */
export function explainFault(fault: UserEventsFault): string {
  switch (fault.state) {
    case 'log_too_large':
      return `${fault.bytes} bytes of the log wait for the archive, too much to search: try again later`
    case 'too_many_days':
      return `the time has ${fault.days} days of the index, too many for one request: give a later start`
    case 'too_many_chunks':
      return `these ids are in over ${fault.chunks} chunks: give a later start`
    case 'index_unreadable':
      return 'the index of persons cannot be read from R2: try again later'
  }
}
