package dev.bartizan.agent.update;

/** Whether this process has reached the fleet's repository: what a version on trial must show. */
public final class Contact {
  private volatile boolean isMade;

  public void made() {
    isMade = true;
  }

  boolean isMade() {
    return isMade;
  }
}
