// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Refusal;

/** There is no going on by a plan. Another is made; what was fetched stays where it is. */
final class PlanRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  enum Code {
    /** There is none, for a deployment that has been planned. */
    MISSING,
    /** It is not as this agent writes them. */
    UNREADABLE,
    /** It is for another deployment, or for other releases. */
    FOREIGN,
    /** It names what neither the signed manifest offers nor this device holds. */
    NOT_OFFERED,
    /** A way in it has turned out to be none. It is not planned again while the agent runs. */
    CLOSED
  }

  private final Code code;

  PlanRefusal(Code code, String message) {
    super(message);
    this.code = code;
  }

  static PlanRefusal notOffered(Object release, String what) {
    return new PlanRefusal(Code.NOT_OFFERED, release + ": the plan on disk wants " + what);
  }

  @Override
  public String code() {
    return "PLAN_" + code.name();
  }
}
