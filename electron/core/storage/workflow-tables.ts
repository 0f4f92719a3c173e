/** Where workflows are kept: each with how far it is, and what its steps gave back (WF-1). */
export const WORKFLOW_TABLES = `CREATE TABLE workflows (
     id TEXT PRIMARY KEY,
     state TEXT NOT NULL,
     owner TEXT NOT NULL,
     summary TEXT NOT NULL,
     steps TEXT NOT NULL,
     marks TEXT NOT NULL,
     body BLOB NOT NULL
   ) STRICT;
   CREATE INDEX workflows_open ON workflows (state) WHERE state <> 'finished';
   CREATE TABLE workflow_results (
     workflow TEXT NOT NULL REFERENCES workflows (id) ON DELETE CASCADE,
     step TEXT NOT NULL,
     result BLOB NOT NULL,
     PRIMARY KEY (workflow, step)
   ) STRICT;`;

/** Which runs were steps of which workflow, so that the history finds them. A run may be written down later than this. */
export const WORKFLOW_RUNS = `CREATE TABLE workflow_runs (
     run TEXT PRIMARY KEY,
     workflow TEXT NOT NULL,
     name TEXT NOT NULL
   ) STRICT;
   CREATE INDEX workflow_runs_name ON workflow_runs (name COLLATE NOCASE);
   CREATE INDEX workflow_runs_workflow ON workflow_runs (workflow);
   CREATE TRIGGER workflow_runs_go AFTER DELETE ON history BEGIN
     DELETE FROM workflow_runs WHERE run = old.id;
   END;`;

/** Which workflows were begun by which token, under which key (HOST-3). */
export const API_WORKFLOWS = `CREATE TABLE api_workflows (
     workflow TEXT PRIMARY KEY REFERENCES workflows (id) ON DELETE CASCADE,
     token TEXT NOT NULL,
     key TEXT UNIQUE,
     request TEXT
   ) STRICT;`;
