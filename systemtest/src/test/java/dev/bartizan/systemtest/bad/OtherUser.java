// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A program of another user of the machine, who asks for an inference, and then for the next. */
final class OtherUser implements AutoCloseable {
  /** How long an answer may take at the most, on a machine that has other work. */
  private static final String SECONDS = "20";

  private static final int MORE = 5;
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Program curl;
  private final String[] arguments;
  private final List<String> answers = Collections.synchronizedList(new ArrayList<>());
  private final Thread thread = new Thread(this::run, "the other user");
  private volatile boolean isOver;

  private OtherUser(Program curl, String... arguments) {
    this.curl = curl;
    this.arguments = arguments;
  }

  /** Begins to ask, and goes on until it is closed. */
  static OtherUser asking(TestDevice device, Path home) throws IOException {
    Path request = Files.write(home.resolve("request.json"), Models.sample("pit"));
    // Whoever the kernel says is nobody; into the directories of this test he would not get.
    OtherUser user =
        new OtherUser(
            new Program("setpriv"),
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            "curl",
            "--silent",
            "--max-time",
            SECONDS,
            "--output",
            "/dev/null",
            "--write-out",
            "%{http_code}",
            "--unix-socket",
            device.home().resolve("inference.sock").toString(),
            "--header",
            "Content-Type: application/json",
            "--data-binary",
            "@" + request,
            "http://localhost/v2/models/" + Models.NAME + "/infer");
    user.thread.start();
    return user;
  }

  private void run() {
    while (!isOver) {
      try {
        Outcome outcome = curl.run(arguments);
        answers.add(outcome.exit() + " " + outcome.out());
      } catch (IOException | InterruptedException failed) {
        answers.add(failed.toString());
      }
    }
  }

  /** Waits for some more answers: to questions that were asked after what is done by now. */
  void awaitMore() throws Exception {
    int before = answers.size();
    Patience.await("another user's answers", LONGEST, () -> answers.size() >= before + MORE);
  }

  /** Every answer so far was one. */
  void assertAlwaysAnswered() {
    List<String> others;
    synchronized (answers) {
      others = answers.stream().filter(answer -> !answer.equals("0 200")).toList();
    }
    assertEquals(List.of(), others);
  }

  @Override
  public void close() {
    isOver = true;
    try {
      thread.join();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
