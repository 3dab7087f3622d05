// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * What a trial says of a release.
 *
 * @param reason with {@link Kind#UNHEALTHY} a stable upper-case code and details; with {@link
 *     Kind#PENDING} what is waited for
 */
public record Verdict(Kind kind, String reason) {
  /** The three answers. */
  public enum Kind {
    HEALTHY,
    UNHEALTHY,
    /** Ask again later. */
    PENDING
  }

  public static Verdict healthy() {
    return new Verdict(Kind.HEALTHY, "");
  }

  public static Verdict unhealthy(String reason) {
    return new Verdict(Kind.UNHEALTHY, OneLine.of(reason));
  }

  public static Verdict pending(String reason) {
    return new Verdict(Kind.PENDING, OneLine.of(reason));
  }

  /** Healthy when both are; the worse of the two otherwise. */
  public Verdict and(Verdict other) {
    return switch (kind) {
      case HEALTHY -> other;
      case UNHEALTHY -> this;
      case PENDING -> other.kind() == Kind.UNHEALTHY ? other : this;
    };
  }
}
