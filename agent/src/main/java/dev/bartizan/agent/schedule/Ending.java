// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

/**
 * This process has nothing left to do but to end; what comes next is for whoever started it. Thrown
 * in the loop, where no work of others is cut by it.
 */
public class Ending extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param why as the log has it
   */
  public Ending(String why) {
    super(why, null, false, false);
  }
}
