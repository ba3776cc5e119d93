/** Operations that are billed, counted while a workload ran. */
export interface Counts {
  /** HTTP requests, queue batches and crons. */
  requests: number
  /** Write, read and delete of each message, by 64 KB. */
  queueOps: number
  r2A: number
  r2B: number
  /** RPC calls and alarms. */
  doRequests: number
  rowsWritten: number
  /** Events sent. */
  events: number
  /** Events in the archive. */
  archived: number
  /** Events that vendors took, all destinations together. */
  delivered: number
  /** Events that a consumer worked on, for its CPU: once for each destination. */
  consumed: number
  /** Events that the consumer of profiles read, for its CPU. */
  resolved: number
}

/** Nothing counted yet. */
export const noCounts = (): Counts => ({
  requests: 0,
  queueOps: 0,
  r2A: 0,
  r2B: 0,
  doRequests: 0,
  rowsWritten: 0,
  events: 0,
  archived: 0,
  delivered: 0,
  consumed: 0,
  resolved: 0,
})
