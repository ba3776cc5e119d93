import { find } from './client-find.ts'
import type { JsonObject } from './client-journey.ts'
import { PEOPLE, type Person } from './products.ts'

export interface AccountActions {
  identify(userId: string, traits: JsonObject): void
  reset(): void
}

/** Signing in and out: an `identify`, and a `reset` that makes the visitor a new one. */
export function wireAccount({ identify, reset }: AccountActions): void {
  const choice = find(document, '#person', HTMLSelectElement)
  const signIn = find(document, '#sign-in', HTMLButtonElement)
  const signOut = find(document, '#sign-out', HTMLButtonElement)
  signIn.addEventListener('click', () => {
    const person = findPerson(choice.value)
    if (person === null) return
    const { userId, name, email, town } = person
    identify(userId, { name, email, address: { city: town } })
    showSignedIn(userId)
    signOut.focus()
  })
  signOut.addEventListener('click', () => {
    reset()
    showSignedIn(null)
    signIn.focus()
  })
}

/** Shows who is signed in; analytics.js remembers it from visit to visit. */
export function showSignedIn(userId: string | null): void {
  const person = userId === null ? null : findPerson(userId)
  find(document, '#signed-out', HTMLElement).hidden = person !== null
  find(document, '#signed-in', HTMLElement).hidden = person === null
  find(document, '#person-name', HTMLElement).textContent = person?.name ?? ''
}

const findPerson = (userId: string): Person | null =>
  PEOPLE.find((person) => person.userId === userId) ?? null
