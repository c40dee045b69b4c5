#ifndef TENGIL_JOB_REPORT_H
#define TENGIL_JOB_REPORT_H

/*
 * What a supervisor tells the process that started it, on a pipe whose descriptor is its third argument: one line, then
 * the end of the file. Nothing at all: it died.
 *
 *   started ID           it holds its claims, or waits for one that may be waited for
 *   busy CLAIM PID       a claim is held by that process, and is not waited for
 *   error ERRNO TEXT     a sentence
 */
#define REPORT_STARTED "started"
#define REPORT_BUSY    "busy"
#define REPORT_ERROR   "error"
#define REPORT_MAX     4096

#endif
