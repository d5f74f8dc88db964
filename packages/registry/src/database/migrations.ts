/**
 * One script a version, applied in order and never changed afterwards. A later version only adds, so that an earlier
 * program can still read a database that a later one wrote.
 */
export const migrations: readonly string[] = [
  `
  -- One row a model of the Hub, known by the Hub's own id: names change, that does not. Times in ms since 1970.
  create table model (
    id integer primary key,
    hub_id text not null unique,
    repo_id text not null,
    author text not null collate nocase,
    downloads integer not null,
    likes integer not null,
    trending real not null,
    created_at integer,
    modified_at integer,
    commit_sha text,
    bits real,
    quantization text,
    parameters integer,
    weights_bytes integer,
    weights_source text,
    license text collate nocase,
    task text collate nocase,
    library text,
    arch text collate nocase,
    base text,
    gated text,
    private integer not null,
    tags text not null,
    walk integer not null default 0,
    gone text
  ) strict;
  create index model_repo on model (repo_id collate nocase);

  -- rowid = rank by downloads: reading in its order gives the most used first, and a limit stops early.
  create virtual table words using fts5(
    text, content='', columnsize=0, detail=none, prefix='1 2 3', tokenize="unicode61 remove_diacritics 2");
  create virtual table squeezed using fts5(
    name, content='', columnsize=0, detail=full, tokenize="trigram remove_diacritics 1");
  create table ranked (rank integer primary key, model integer not null) strict;
  create table vocabulary (length integer primary key, terms text not null) strict;

  create table setting (name text primary key, value text not null) strict, without rowid;

  -- What this machine downloaded and where it came from.
  create table download (
    id integer primary key,
    repo_id text not null,
    revision text not null,
    commit_sha text not null,
    at integer not null,
    bytes integer not null,
    fetched integer not null,
    duration_ms integer not null,
    source text
  ) strict;
  create index download_repo on download (repo_id, at);
  -- Where a name pointed to, and since when.
  create table version (
    repo_id text not null,
    revision text not null,
    commit_sha text not null,
    since integer not null,
    how text not null,
    primary key (repo_id, revision, since)
  ) strict, without rowid;
  create table used (
    repo_id text primary key,
    views integer not null,
    uses integer not null,
    last_at integer not null
  ) strict, without rowid;
  `,
  `
  -- 1: read from the cache after the record was lost. What was fetched, how long it took and from where is not known.
  alter table download add column rebuilt integer not null default 0;
  `,
];
