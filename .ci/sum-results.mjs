// Adds up the JSON reports of vitest; a step that failed outside of its tests counts as one failure.
import { readFileSync } from 'node:fs'

const [failedSteps, ...files] = process.argv.slice(2)
const reports = files.map((file) => JSON.parse(readFileSync(file, 'utf8')))
const sum = (field) => reports.reduce((total, report) => total + report[field], 0)
const passed = sum('numPassedTests')
const failed = Math.max(sum('numFailedTests'), Number(failedSteps))
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
