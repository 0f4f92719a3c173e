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
