// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** A bundle is not what it should be. */
public final class ReportBundleRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** What is wrong with it; the names are stable. */
  public enum Reason {
    /** Not a bundle, or a member of it not what it is called. */
    BUNDLE_MALFORMED,
    /** The key of results that the verifier gave has not signed the list of members. */
    BUNDLE_NOT_SIGNED,
    /** A member that the list, or another member, asks for. */
    MEMBER_MISSING,
    /** A member with other bytes than the list says. */
    MEMBER_ALTERED,
    /** A member that the list does not have. */
    MEMBER_NOT_LISTED,
    /**
     * A member that is about something else than the bundle, or was not signed by whom it names.
     */
    MEMBER_NOT_BELIEVED,
    /** The bundle cannot be made: what would be in it does not hold. */
    NOT_WORTH_KEEPING
  }

  private final Reason reason;
  private final String file;
  private final String member;

  ReportBundleRefusal(Reason reason, String file, String member, String why) {
    this(reason, file, member, why, null);
  }

  ReportBundleRefusal(
      Reason reason, String file, String member, String why, @Nullable Throwable cause) {
    super(file + (member.isEmpty() ? "" : ", member " + member) + ": " + why, cause);
    this.reason = reason;
    this.file = file;
    this.member = member;
  }

  @Override
  public String code() {
    return reason.name();
  }

  public Reason reason() {
    return reason;
  }

  /** The bundle. */
  public String file() {
    return file;
  }

  /** The member at fault; empty where it is the bundle as a whole. */
  public String member() {
    return member;
  }
}
