/**
 * What is signed and exchanged: commands (JWS), evidence (EAT in a CMW collection, RFC 9711 and RFC
 * 9999) and attestation results (EAR).
 *
 * <p>Guarantees: nothing is parsed as a statement before its signature was verified over the bytes
 * received; the algorithm follows from the key, never from the header; keys inside a statement are
 * never used; every document is bounded, and JSON with a duplicate key is refused.
 *
 * <p>Not guaranteed: that a command is new (the agent keeps the ids it has seen), and that evidence
 * is true ({@link dev.bartizan.crypto.statement.Evidence} is only read here; the verifier on the
 * operator's side appraises it).
 */
@NullMarked
package dev.bartizan.crypto.statement;

import org.jspecify.annotations.NullMarked;
