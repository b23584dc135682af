curl https://barbell.example/api/v1/stats \
  -H 'x-api-auth: myUsername:myLongKeyGoesHere'
