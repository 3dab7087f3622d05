// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** Metadata or a target was not acceptable. Nothing on disk has changed because of it. */
public final class TufRefusal extends Refusal {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_MAX = 120;

  /** Which attack or mistake this is; the names are stable. */
  public enum Code {
    /** Fewer valid signatures by different keys than the role demands. */
    SIG_THRESHOLD,
    /** The content is not what its signed digest or length says. */
    HASH_MISMATCH,
    /** More bytes, files or roles than may be (endless data). */
    TOO_LONG,
    /** Past its expiry (freeze). */
    EXPIRED,
    /** A version went down, or a listed role vanished (rollback). */
    ROLLBACK,
    /** Files of different states of the repository were put together. */
    MIX_MATCH,
    /** A role or target name that cannot be used. */
    BAD_NAME,
    /** Not strict JSON, or not the metadata the role should hold. */
    MALFORMED,
    /** A target that no responsible role lists under that path. */
    WRONG_TARGET
  }

  private final Code code;
  private final String role;
  private final String expected;
  private final String found;

  TufRefusal(Code code, RoleName role, String expected, String found) {
    this(code, role.value(), expected, found, null);
  }

  TufRefusal(Code code, String subject, String expected, String found, @Nullable Throwable cause) {
    super(shown(subject) + ": expected " + expected + ", found " + shown(found), cause);
    this.code = code;
    this.role = subject;
    this.expected = expected;
    this.found = found;
  }

  @Override
  public String code() {
    return code.name();
  }

  public Code kind() {
    return code;
  }

  /** The role at fault, or the target path where the fault lies with a target. */
  public String role() {
    return role;
  }

  public String expected() {
    return expected;
  }

  /** What came instead; may be a stranger's words, so escape and shorten before showing. */
  public String found() {
    return found;
  }

  /** Strangers choose these words: one printable line of bounded length is all they get. */
  private static String shown(String words) {
    String shortened = words.length() <= SHOWN_MAX ? words : words.substring(0, SHOWN_MAX) + "...";
    return shortened.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
