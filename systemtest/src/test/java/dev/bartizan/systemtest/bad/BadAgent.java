// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The ways in which a new version of the agent is bad. */
enum BadAgent {
  EXITS("exit 1"),
  HANGS("exec sleep 600"),
  RUNS_OUT_OF_MEMORY(
      "flags='-XX:+UseSerialGC -Xmx2m'; launch device dev.bartizan.agent.cli.Main \"$@\""),
  WRONG_FLAG("flags=-XX:+NoSuchFlag; launch device dev.bartizan.agent.cli.Main \"$@\""),
  FAILS_AT_CLASS_LOADING("launch device dev.bartizan.agent.NotThere \"$@\""),
  JAR_MISSING(""),
  JAR_TRUNCATED(""),
  NEVER_REACHES_ITS_SERVER(
      "sed 's#^url = .*#url = \"http://127.0.0.1:1/\"#' \"$3\" >\"$3.lost\"\n"
          + "launch device dev.bartizan.agent.cli.Main run --config \"$3.lost\""),
  CORRUPTS_THE_STATE(
      "echo new schema >\"$STATE_DIRECTORY/journal\"\n"
          + "echo new schema >\"$STATE_DIRECTORY/history\"\nexit 1"),
  FINDS_THE_DISK_FULL("ulimit -f 0\nlaunch device dev.bartizan.agent.cli.Main \"$@\""),
  CRASHES_AFTER_COMMIT(
      "(until grep -q kept \"$STATE_DIRECTORY/software/launch\"; do sleep 1; done; kill -9 $$) &\n"
          + "launch device dev.bartizan.agent.cli.Main \"$@\""),
  CLOCK_JUMPS(
      "export LD_PRELOAD=/usr/lib/$(uname -m)-linux-gnu/faketime/libfaketime.so.1 FAKETIME=+20y\n"
          + "launch device dev.bartizan.agent.cli.Main \"$@\"");

  private final String lastLines;

  BadAgent(String lastLines) {
    this.lastLines = lastLines;
  }

  /** Whether it was committed before it showed what it is. */
  boolean isCommitted() {
    return this == CRASHES_AFTER_COMMIT;
  }

  AgentTree spoil(AgentTree tree) throws IOException {
    switch (this) {
      case JAR_MISSING -> Files.delete(tree.jar());
      case JAR_TRUNCATED -> {
        Path jar = tree.jar();
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
      }
      default -> tree.startingBy(lastLines);
    }
    return tree;
  }
}
