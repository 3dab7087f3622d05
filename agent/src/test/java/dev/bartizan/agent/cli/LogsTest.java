// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the journal gets to see. */
class LogsTest {
  private final Handler[] before = Logger.getLogger("").getHandlers();
  private final PrintStream stderr = System.err;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void hush() {
    System.setErr(stderr);
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    for (Handler handler : before) {
      root.addHandler(handler);
    }
    Logger.getLogger("org.eclipse.jetty").setLevel(null);
    Logger.getLogger("org.eclipse.paho").setLevel(null);
  }

  /**
   * The platform forgets a logger that nobody holds, with its level: so some starts were chatty.
   */
  @Test
  void librariesStayQuietHoweverOftenMemoryIsCollected() throws Exception {
    Logs.begin();
    WeakReference<Object> collected = new WeakReference<>(new Object());
    while (collected.get() != null) {
      System.gc();
    }
    System.gc();
    LoggerFactory.getLogger("org.eclipse.jetty.server.Server").info("jetty-12.1");
    LoggerFactory.getLogger("org.eclipse.jetty.http.HttpParser").warn("Illegal character 0x16");
    LoggerFactory.getLogger("org.eclipse.paho.client.mqttv3").warn("lost");
    assertEquals(Level.SEVERE, Logger.getLogger("org.eclipse.jetty").getLevel());
    LoggerFactory.getLogger("dev.bartizan.agent").info("serving\ndefect 1.0.0");
    assertEquals("<6>serving defect 1.0.0\n", said.toString(StandardCharsets.UTF_8));
  }
}
