// Takes the place of worker/accept/append.ts where each request of a workload stands for an isolate of
// its own: nobody shares its call.
import { writeGroup } from '../../worker/accept/write-group.ts'

/** Puts the segments of a request on disk, as a request does that finds no other. */
export const appendSegments = writeGroup
