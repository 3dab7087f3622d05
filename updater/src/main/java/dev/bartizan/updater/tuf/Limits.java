// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import com.fasterxml.jackson.core.StreamReadConstraints;

/** What a stranger may at most make us read, keep or follow. Bytes unless the name says else. */
final class Limits {
  /** Of one root file: some hundred keys and signatures. */
  static final int ROOT_BYTES = 512 * 1024;

  /** Of a timestamp, which names one file. */
  static final int TIMESTAMP_BYTES = 16 * 1024;

  /** Of a snapshot whose timestamp gives no length: some 20,000 roles. */
  static final int SNAPSHOT_BYTES = 2 * 1024 * 1024;

  /** Of a targets file whose snapshot gives no length: some 25,000 targets. */
  static final int TARGETS_BYTES = 5 * 1024 * 1024;

  /** Root files followed in one refresh (the specification's Y); the next refresh goes on. */
  static final int ROOT_ROTATIONS = 1024;

  /** Roles visited in one search. */
  static final int ROLES_VISITED = 1024;

  /** Nesting of JSON; real metadata needs eight levels and whatever {@code custom} holds. */
  private static final int JSON_DEPTH = 64;

  /** Tokens in one file: two-byte objects would otherwise become a hundred bytes of heap each. */
  private static final int JSON_TOKENS = 500_000;

  /** Characters of one JSON string; PEM keys and signatures are far below. */
  private static final int JSON_STRING = 128 * 1024;

  /** Digits of one number. */
  private static final int JSON_DIGITS = 64;

  /** What one metadata file may be made of. */
  static final StreamReadConstraints JSON =
      StreamReadConstraints.builder()
          .maxNestingDepth(JSON_DEPTH)
          .maxStringLength(JSON_STRING)
          .maxNameLength(JSON_STRING)
          .maxNumberLength(JSON_DIGITS)
          .maxTokenCount(JSON_TOKENS)
          .build();

  /** The largest integer every JSON reader agrees on; versions beyond it are absurd. */
  static final long INTEGER_MAX = (1L << 53) - 1;

  /** Of the file that holds the last complete set. */
  static final int LAST_GOOD_BYTES = 32 * 1024 * 1024;

  private Limits() {}
}
