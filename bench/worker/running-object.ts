import { AsyncLocalStorage } from 'node:async_hooks'

const running = new AsyncLocalStorage<string>()

/** The key of the object whose code runs now, if it is an object's. */
export const runningObject = (): string | undefined => running.getStore()

/** Runs code as an object's. */
export const runAs = <T>(key: string, work: () => T): T => running.run(key, work)
