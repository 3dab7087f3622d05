// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.Call;
import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.Route;
import dev.bartizan.agent.update.Consents;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * {@code /bartizan/v1/activation} on the applications' socket: whether a staged release waits for
 * consent, and the application's answer to that.
 */
public final class ActivationRoute implements Route {
  private static final int MAX_BODY = 4 * 1024;
  private static final int MAX_ID = 200;
  private static final int MAX_ANSWER = 8;

  private final Consents consents;
  private final Runnable wake;

  /**
   * @param wake tells the agent that there is an answer
   */
  public ActivationRoute(Consents consents, Runnable wake) {
    this.consents = consents;
    this.wake = wake;
  }

  @Override
  public String prefix() {
    return "bartizan/v1";
  }

  /** Whoever may reach loopback TCP is not for that an application of this device. */
  @Override
  public boolean reachableByTcp() {
    return false;
  }

  @Override
  public Answer answer(Call call) throws IOException, Refusal {
    if (!call.path().equals(List.of("bartizan", "v1", "activation"))) {
      throw CallRefusal.notFound();
    }
    call.allow("GET", "POST");
    if (call.method().equals("POST")) {
      accept(Request.read(call, MAX_BODY));
    }
    return Answer.json(200, StrictJson.write(waiting()));
  }

  private void accept(JsonFields answer) throws Malformed {
    String deployment = answer.text("deployment", MAX_ID);
    String word = answer.text("answer", MAX_ANSWER);
    boolean heard =
        switch (word) {
          case "now" -> consents.grant(deployment);
          case "later" ->
              consents.delay(deployment, Duration.ofSeconds(answer.number("for_seconds")));
          default -> throw new Malformed("request.answer is neither \"now\" nor \"later\"");
        };
    if (!heard) {
      throw new Malformed("request.deployment: " + deployment + " does not wait for an answer");
    }
    wake.run();
  }

  private ObjectNode waiting() {
    ObjectNode json = StrictJson.object().put("waiting", consents.open().isPresent());
    consents
        .open()
        .ifPresent(
            it ->
                json.put("deployment", it.deployment())
                    .put("model", it.model())
                    .put("from", it.from())
                    .put("to", it.to()));
    return json;
  }
}
